# A change that came late has overwritten what was known since. Compare its time with updated_at.
# breaks: late change
def qualify_and_merge(connection):
    connection.cursor().execute("""
        MERGE INTO customers t
        USING (
            SELECT * FROM changes
            QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY changed_at DESC NULLS LAST, seq DESC) = 1
        ) s
        ON t.customer_id = s.customer_id
        WHEN MATCHED AND s.op = 'D' THEN DELETE
        WHEN MATCHED THEN
            UPDATE SET email = s.email, city = s.city, updated_at = s.changed_at
        WHEN NOT MATCHED AND s.op <> 'D' THEN
            INSERT (customer_id, email, city, updated_at) VALUES (s.customer_id, s.email, s.city, s.changed_at)
    """)
