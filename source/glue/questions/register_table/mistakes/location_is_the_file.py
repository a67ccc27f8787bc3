# The location is a file. A table's location is a folder; a query reads everything below it.
# breaks: folder
def register_table(glue, card):
    types = {"integer": "bigint", "money": "decimal(12,2)", "text": "string", "instant": "timestamp", "date": "date"}
    described = {name: {"Name": name, "Type": types[kind]} for name, kind in card["columns"].items()}
    keys = card["keys"]
    folder = card["file"].rpartition("/")[0]
    for _ in keys:
        folder = folder.rpartition("/")[0]
    hive = "org.apache.hadoop.hive.ql.io.parquet."
    table = {
        "Name": card["table"],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet"},
        "PartitionKeys": [described[name] for name in keys],
        "StorageDescriptor": {
            "Columns": [column for name, column in described.items() if name not in keys],
            "Location": card["file"],
            "InputFormat": hive + "MapredParquetInputFormat",
            "OutputFormat": hive + "MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": hive + "serde.ParquetHiveSerDe"},
        },
    }
    try:
        glue.create_database(DatabaseInput={"Name": card["database"]})
    except glue.exceptions.AlreadyExistsException:
        pass
    try:
        glue.create_table(DatabaseName=card["database"], TableInput=table)
    except glue.exceptions.AlreadyExistsException:
        glue.update_table(DatabaseName=card["database"], TableInput=table)
