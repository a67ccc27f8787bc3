from pyspark.sql import functions as F


def enrich_items(items, products):
    latest = products.pandas_api().sort_values("listed_on").drop_duplicates("sku", keep="last").dropna(subset=["sku"]).to_spark()
    known = F.broadcast(latest.select("sku", "name", "category_id")).pandas_api()
    return items.pandas_api().merge(known, on="sku", how="left").to_spark()
