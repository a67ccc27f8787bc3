from botocore.exceptions import ClientError

GLUE_TYPES = {
    "integer": "bigint",
    "money": "decimal(12,2)",
    "text": "string",
    "instant": "timestamp",
    "date": "date",
}
HIVE = "org.apache.hadoop.hive.ql.io.parquet."


def _created(call, **arguments):
    """True when the call made the thing, False when it was there already."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AlreadyExistsException":
            raise
        return False
    return True


def register_table(glue, card):
    database = card["database"].lower()
    table = card["table"].lower()
    keys = list(card["keys"] or [])
    types = {name: GLUE_TYPES[kind] for name, kind in card["columns"].items()}

    # away with the file's name, and with one folder for each key
    folder = card["file"].rsplit("/", len(keys) + 1)[0] + "/"

    columns = []
    for name in card["columns"]:
        if name not in keys:
            columns.append({"Name": name, "Type": types[name]})
    partition_keys = []
    for name in keys:
        partition_keys.append({"Name": name, "Type": types[name]})

    table_input = {
        "Name": table,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet"},
        "PartitionKeys": partition_keys,
        "StorageDescriptor": {
            "Columns": columns,
            "Location": folder,
            "InputFormat": HIVE + "MapredParquetInputFormat",
            "OutputFormat": HIVE + "MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": HIVE + "serde.ParquetHiveSerDe"},
        },
    }

    _created(glue.create_database, DatabaseInput={"Name": database})
    if not _created(glue.create_table, DatabaseName=database, TableInput=table_input):
        # in place: the registered partitions stay
        glue.update_table(DatabaseName=database, TableInput=table_input)
