from pathlib import Path


def read_shipments(folder):
    from pyspark.sql import SparkSession

    spark = SparkSession.active()
    files = [f"select shipment_id, sku, weight_kg, shipped_local, {{}} as carrier, note from csv_{number}" for number in range(99)]
    parts = []
    for number, file in enumerate([*Path(folder).glob("v1/*.csv"), *Path(folder).glob("v2/*.csv")]):
        spark.read.option("header", True).option("multiLine", True).option("escape", '"').csv(str(file)).createOrReplaceTempView(f"csv_{number}")
        parts.append(files[number].format("carrier" if file.parent.name == "v2" else "cast(null as string)"))
    spark.read.schema("shipment_id string, sku string, weight_kg string, shipped_local string, carrier string, note string").json(f"{folder}/v3").createOrReplaceTempView("v3")
    parts.append("select shipment_id, sku, weight_kg, shipped_local, carrier, note from v3")
    return spark.sql(
        f"""
        with raw as ({" union all ".join(parts)}),
        typed as (
            select try_to_number(shipment_id, '999999999') as shipment_id, sku, try_cast(weight_kg as decimal(9,3)) as weight_kg,
                   convert_timezone('Europe/Amsterdam', 'UTC', try_to_timestamp(shipped_local, 'yyyy-MM-dd HH:mm:ss')::timestamp_ntz) as shipped_at, carrier, note
            from raw
        )
        select cast(shipment_id as bigint) as shipment_id, sku, weight_kg, shipped_at, carrier, note,
               case when shipment_id is null then 'shipment_id' when weight_kg is null then 'weight_kg' when shipped_at is null then 'shipped_local' end as unreadable
        from typed
        """
    )
