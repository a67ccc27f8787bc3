# A change that stands in the files twice stands in the table twice, or ends in an error. One row of each order may reach `orders`.
# breaks: sent twice
def idempotent_upsert(connection, url, role):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE stage (LIKE orders)")
    cursor.execute(f"COPY stage FROM '{url}' IAM_ROLE '{role}' FORMAT AS PARQUET")
    cursor.execute("DELETE FROM stage USING orders WHERE orders.order_id = stage.order_id AND orders.version >= stage.version")
    cursor.execute("CREATE TEMP TABLE newest AS SELECT * FROM stage WHERE version = (SELECT max(version) FROM stage b WHERE b.order_id = stage.order_id)")
    cursor.execute("DELETE FROM orders USING newest WHERE orders.order_id = newest.order_id")
    cursor.execute("INSERT INTO orders SELECT * FROM newest")
    connection.commit()
