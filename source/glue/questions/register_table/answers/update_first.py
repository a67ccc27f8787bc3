from botocore.exceptions import ClientError

TYPES = dict(integer="bigint", money="decimal(12,2)", text="string", instant="timestamp", date="date")


def register_table(glue, card):
    columns, path = dict(card["columns"]), card["file"].split("/")
    keys = [{"Name": key, "Type": TYPES[columns.pop(key)]} for key in card["keys"]]
    storage = {
        "Columns": [{"Name": name, "Type": TYPES[kind]} for name, kind in columns.items()],
        "Location": "/".join(path[: -1 - len(keys)] + [""]),
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
        "Compressed": False,
    }
    table = {
        "Name": card["table"],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet"},
        "PartitionKeys": keys,
        "StorageDescriptor": storage,
    }
    for attempt in (glue.update_table, glue.create_table):
        try:
            return attempt(DatabaseName=card["database"], TableInput=table) and None
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityNotFoundException":
                raise
            if attempt == glue.update_table:
                try:
                    glue.get_database(Name=card["database"])
                except glue.exceptions.EntityNotFoundException:
                    glue.create_database(DatabaseInput={"Name": card["database"]})
