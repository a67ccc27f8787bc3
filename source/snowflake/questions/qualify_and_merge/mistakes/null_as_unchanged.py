# A field that was emptied has kept its value. NULL in a change is a value like any other here.
# breaks: emptied fields
def qualify_and_merge(connection):
    connection.cursor().execute("""
        MERGE INTO customers t
        USING (
            SELECT * FROM changes
            QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY changed_at DESC NULLS LAST, seq DESC) = 1
        ) s
        ON t.customer_id = s.customer_id
        WHEN MATCHED AND s.changed_at > coalesce(t.updated_at, '0001-01-01'::timestamp_ntz) AND s.op = 'D' THEN DELETE
        WHEN MATCHED AND s.changed_at > coalesce(t.updated_at, '0001-01-01'::timestamp_ntz) THEN
            UPDATE SET email = coalesce(s.email, t.email), city = coalesce(s.city, t.city), updated_at = s.changed_at
        WHEN NOT MATCHED AND s.op <> 'D' THEN
            INSERT (customer_id, email, city, updated_at) VALUES (s.customer_id, s.email, s.city, s.changed_at)
    """)
