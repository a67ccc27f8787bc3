import re


def register_table(glue, card):
    def names(call, kind, **given):
        return {found["Name"] for page in glue.get_paginator(call).paginate(**given) for found in page[kind]}

    def typed(kind):
        match kind:
            case "integer":
                return "bigint"
            case "money":
                return "decimal(12, 2)"
            case "text":
                return "string"
            case "instant":
                return "timestamp"
        return kind

    database = card["database"].lower()
    if database not in names("get_databases", "DatabaseList"):
        glue.create_database(DatabaseInput={"Name": database})
    pattern = "/".join(["", *(f"{re.escape(key)}=[^/]*" for key in card["keys"]), "[^/]*$"])
    root = "org.apache.hadoop.hive.ql.io.parquet"
    table = {"Name": card["table"], "TableType": "EXTERNAL_TABLE", "Parameters": {"classification": "parquet"}}
    table["PartitionKeys"] = [{"Name": key, "Type": typed(card["columns"][key])} for key in card["keys"]]
    fields = [{"Name": name, "Type": typed(kind)} for name, kind in card["columns"].items() if name not in card["keys"]]
    table["StorageDescriptor"] = {
        "Columns": fields,
        "Location": re.sub(pattern, "/", card["file"]),
        "InputFormat": f"{root}.MapredParquetInputFormat",
        "OutputFormat": f"{root}.MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": f"{root}.serde.ParquetHiveSerDe"},
    }
    known = card["table"].lower() in names("get_tables", "TableList", DatabaseName=database)
    write = glue.update_table if known else glue.create_table
    write(DatabaseName=database, TableInput=table)
