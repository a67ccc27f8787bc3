# An order went back to an older version: the batch came late. What is in the table may be newer than what arrives.
# breaks: late change
def idempotent_upsert(connection, url, role):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE stage (LIKE orders)")
    cursor.execute(f"COPY stage FROM '{url}' IAM_ROLE '{role}' FORMAT AS PARQUET")
    cursor.execute("CREATE TEMP TABLE newest AS SELECT DISTINCT * FROM stage WHERE version = (SELECT max(version) FROM stage b WHERE b.order_id = stage.order_id)")
    cursor.execute(
        "MERGE INTO orders USING newest s ON orders.order_id = s.order_id "
        "WHEN MATCHED THEN UPDATE SET status = s.status, amount = s.amount, version = s.version, deleted = s.deleted "
        "WHEN NOT MATCHED THEN INSERT VALUES (s.order_id, s.status, s.amount, s.version, s.deleted)"
    )
    connection.commit()
