# Orders that were not in the table are missing. An UPDATE changes rows that are there.
# breaks: new order
def idempotent_upsert(connection, url, role):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE stage (LIKE orders)")
    cursor.execute(f"COPY stage FROM '{url}' IAM_ROLE '{role}' FORMAT AS PARQUET")
    cursor.execute("DELETE FROM stage USING orders WHERE orders.order_id = stage.order_id AND orders.version >= stage.version")
    cursor.execute("CREATE TEMP TABLE newest AS SELECT DISTINCT * FROM stage WHERE version = (SELECT max(version) FROM stage b WHERE b.order_id = stage.order_id)")
    cursor.execute("INSERT INTO orders SELECT * FROM newest WHERE deleted AND order_id NOT IN (SELECT order_id FROM orders)")
    cursor.execute("UPDATE orders SET status = s.status, amount = s.amount, version = s.version, deleted = s.deleted FROM newest s WHERE s.order_id = orders.order_id")
    connection.commit()
