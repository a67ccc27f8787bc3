# A call that was cut off has left the table without orders that were in it before. Each statement was committed by itself.
# breaks: all or nothing
def idempotent_upsert(connection, url, role):
    cursor = connection.cursor()
    connection.autocommit = True
    cursor.execute("CREATE TEMP TABLE stage (LIKE orders)")
    cursor.execute(f"COPY stage FROM '{url}' IAM_ROLE '{role}' FORMAT AS PARQUET")
    cursor.execute("DELETE FROM stage USING orders WHERE orders.order_id = stage.order_id AND orders.version >= stage.version")
    cursor.execute("CREATE TEMP TABLE newest AS SELECT DISTINCT * FROM stage WHERE version = (SELECT max(version) FROM stage b WHERE b.order_id = stage.order_id)")
    cursor.execute("DELETE FROM orders USING newest WHERE orders.order_id = newest.order_id")
    cursor.execute("INSERT INTO orders SELECT * FROM newest")
