import posixpath


def register_table(glue, card):
    database, name, keys = card["database"].lower(), card["table"].lower(), card["keys"]
    types = {"integer": "bigint", "money": "decimal(12,2)", "text": "string", "instant": "timestamp", "date": "date"}
    column = lambda field: {"Name": field, "Type": types[card["columns"][field]]}
    folder = posixpath.dirname(card["file"])
    for key in reversed(keys):
        assert posixpath.basename(folder).startswith(f"{key}=")
        folder = posixpath.dirname(folder)
    definition = {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet", "EXTERNAL": "TRUE"},
        "PartitionKeys": [column(key) for key in keys],
        "StorageDescriptor": {
            "Columns": [column(field) for field in card["columns"] if field not in keys],
            "Location": f"{folder}/",
            "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
                "Parameters": {"serialization.format": "1"},
            },
        },
    }
    if not there(glue, "get_database", Name=database):
        glue.create_database(DatabaseInput={"Name": database})
    if there(glue, "get_table", DatabaseName=database, Name=name):
        glue.update_table(DatabaseName=database, TableInput=definition)
    else:
        glue.create_table(DatabaseName=database, TableInput=definition)


def there(glue, call, **named):
    try:
        getattr(glue, call)(**named)
    except glue.exceptions.EntityNotFoundException:
        return False
    return True
