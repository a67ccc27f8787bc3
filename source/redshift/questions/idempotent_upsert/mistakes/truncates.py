# A call that was cut off has left the table empty. TRUNCATE commits at once, whatever transaction it stands in.
# breaks: all or nothing
def idempotent_upsert(connection, url, role):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE stage (LIKE orders)")
    cursor.execute(f"COPY stage FROM '{url}' IAM_ROLE '{role}' FORMAT AS PARQUET")
    cursor.execute("INSERT INTO stage SELECT * FROM orders")
    cursor.execute("CREATE TEMP TABLE newest AS SELECT DISTINCT * FROM stage WHERE version = (SELECT max(version) FROM stage b WHERE b.order_id = stage.order_id)")
    cursor.execute("TRUNCATE orders")
    cursor.execute("INSERT INTO orders SELECT * FROM newest")
    connection.commit()
