def qualify_and_merge(connection):
    connection.cursor().execute("""
        MERGE INTO customers USING (
            SELECT x.customer_id, x.op, x.email, x.city, x.changed_at, c.customer_id AS known
            FROM (SELECT * FROM changes
                  QUALIFY row_number() OVER (PARTITION BY customer_id
                      ORDER BY coalesce(changed_at, '1900-01-01'::timestamp_ntz) DESC, seq DESC) = 1) x
            LEFT JOIN customers c ON c.customer_id = x.customer_id
            WHERE c.customer_id IS NULL OR (x.changed_at IS NOT NULL AND (c.updated_at IS NULL OR x.changed_at > c.updated_at))
        ) news ON customers.customer_id = news.customer_id
        WHEN MATCHED AND news.op = 'D' THEN DELETE
        WHEN MATCHED THEN UPDATE SET email = news.email, city = news.city, updated_at = news.changed_at
        WHEN NOT MATCHED AND news.op = 'U' THEN INSERT VALUES (news.customer_id, news.email, news.city, news.changed_at)
    """)
