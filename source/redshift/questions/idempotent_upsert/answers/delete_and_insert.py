STAGE = """
CREATE TEMPORARY TABLE stage_orders (
    order_id bigint,
    status   varchar(20),
    amount   decimal(12, 2),
    version  bigint,
    deleted  boolean
)
"""
STALE = """
DELETE FROM stage_orders
USING orders
WHERE orders.order_id = stage_orders.order_id
  AND orders.version >= stage_orders.version
"""
REPLACED = "DELETE FROM orders USING stage_orders WHERE orders.order_id = stage_orders.order_id"
ADDED = """
INSERT INTO orders (order_id, status, amount, version, deleted)
SELECT order_id, status, amount, version, deleted
FROM (
    SELECT *, row_number() OVER (PARTITION BY order_id ORDER BY version DESC) AS place
    FROM stage_orders
) AS numbered
WHERE place = 1
"""


def idempotent_upsert(connection, url, role):
    load = f"COPY stage_orders FROM '{url}' IAM_ROLE '{role}' FORMAT AS PARQUET"
    with connection.cursor() as cursor:
        try:
            for statement in (STAGE, load, STALE, REPLACED, ADDED):
                cursor.execute(statement)
        except Exception:
            connection.rollback()
            raise
    connection.commit()
