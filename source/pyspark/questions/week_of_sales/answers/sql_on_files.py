def week_of_sales(lake, first_day, last_day):
    from pyspark.sql import SparkSession

    return SparkSession.active().sql(
        f"select sku, sum(qty) pieces, sum(qty * unit_price) revenue from parquet.`{lake}` where day between :first and :last group by sku",
        args={"first": first_day, "last": last_day},
    )
