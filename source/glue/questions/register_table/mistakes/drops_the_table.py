# The table is deleted and made again, and its partitions are gone with the old one. Look for a call that changes a table in place.
# breaks: partitions
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
            "Location": folder + "/",
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
        glue.delete_table(DatabaseName=card["database"], Name=card["table"])
        glue.create_table(DatabaseName=card["database"], TableInput=table)
