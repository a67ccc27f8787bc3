# The table says that its files are text. Parquet has an input format, an output format and a SerDe of its own; look at all three.
# breaks: parquet
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
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"},
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
