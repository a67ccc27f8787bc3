# Orders of which the batch says nothing are gone. A batch holds what has changed, not all orders.
# breaks: other orders
def idempotent_upsert(connection, url, role):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE stage (LIKE orders)")
    cursor.execute(f"COPY stage FROM '{url}' IAM_ROLE '{role}' FORMAT AS PARQUET")
    cursor.execute("INSERT INTO stage SELECT * FROM orders WHERE order_id IN (SELECT order_id FROM stage)")
    cursor.execute("CREATE TEMP TABLE newest AS SELECT DISTINCT * FROM stage WHERE version = (SELECT max(version) FROM stage b WHERE b.order_id = stage.order_id)")
    cursor.execute("DELETE FROM orders")
    cursor.execute("INSERT INTO orders SELECT * FROM newest")
    connection.commit()
