import contextlib


def idempotent_upsert(connection, url, role):
    # what is known and what arrives compete; the winners are merged, those that won before among them
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute("CREATE TABLE #batch (LIKE orders)")
        cursor.execute(f"COPY #batch FROM '{url}' IAM_ROLE '{role}' PARQUET")
        cursor.execute("INSERT INTO #batch SELECT * FROM orders WHERE order_id IN (SELECT order_id FROM #batch)")
        cursor.execute(
            "CREATE TABLE #winners AS SELECT order_id, status, amount, version, deleted FROM "
            "(SELECT *, row_number() OVER (PARTITION BY order_id ORDER BY version DESC) AS n FROM #batch) WHERE n = 1"
        )
        cursor.execute(
            "MERGE INTO orders USING #winners w ON orders.order_id = w.order_id "
            "WHEN MATCHED THEN UPDATE SET status = w.status, amount = w.amount, version = w.version, deleted = w.deleted "
            "WHEN NOT MATCHED THEN INSERT (order_id, status, amount, version, deleted) "
            "VALUES (w.order_id, w.status, w.amount, w.version, w.deleted)"
        )
    connection.commit()
