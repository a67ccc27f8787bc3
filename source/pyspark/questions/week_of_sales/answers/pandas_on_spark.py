def week_of_sales(lake, first_day, last_day):
    import pyspark.pandas as ps

    sales = ps.read_parquet(lake, columns=["day", "sku", "qty", "unit_price"])
    week = sales[(sales["day"] >= first_day) & (sales["day"] <= last_day)]
    frame = week.to_spark()
    return frame.selectExpr("sku", "qty", "qty * unit_price as revenue").groupBy("sku").sum().toDF("sku", "pieces", "revenue")
