# The example's table is registered, whatever the card says. Look at what of it comes from the card.
def register_table(glue, card):
    hive = "org.apache.hadoop.hive.ql.io.parquet."
    glue.create_database(DatabaseInput={"Name": "sales"})
    glue.create_table(
        DatabaseName="sales",
        TableInput={
            "Name": "orders",
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "parquet"},
            "PartitionKeys": [{"Name": "order_date", "Type": "date"}],
            "StorageDescriptor": {
                "Columns": [
                    {"Name": "order_id", "Type": "bigint"},
                    {"Name": "amount", "Type": "decimal(12,2)"},
                    {"Name": "placed_at", "Type": "timestamp"},
                ],
                "Location": "s3://wrenfield-curated/orders/",
                "InputFormat": hive + "MapredParquetInputFormat",
                "OutputFormat": hive + "MapredParquetOutputFormat",
                "SerdeInfo": {"SerializationLibrary": hive + "serde.ParquetHiveSerDe"},
            },
        },
    )
