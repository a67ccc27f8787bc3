# An order stands as after a change that a later one of the same batch has replaced. Look at `version` where several changes of an order arrive.
# breaks: latest change
def idempotent_upsert(connection, url, role):
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE stage (LIKE orders)")
    cursor.execute(f"COPY stage FROM '{url}' IAM_ROLE '{role}' FORMAT AS PARQUET")
    cursor.execute("DELETE FROM stage USING orders WHERE orders.order_id = stage.order_id AND orders.version >= stage.version")
    cursor.execute("CREATE TEMP TABLE newest AS SELECT order_id, status, amount, version, deleted FROM (SELECT *, row_number() OVER (PARTITION BY order_id ORDER BY version) AS place FROM stage) WHERE place = 1")
    cursor.execute(
        "MERGE INTO orders USING newest s ON orders.order_id = s.order_id "
        "WHEN MATCHED THEN UPDATE SET status = s.status, amount = s.amount, version = s.version, deleted = s.deleted "
        "WHEN NOT MATCHED THEN INSERT VALUES (s.order_id, s.status, s.amount, s.version, s.deleted)"
    )
    connection.commit()
