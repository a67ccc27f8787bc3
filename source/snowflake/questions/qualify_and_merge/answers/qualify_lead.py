def qualify_and_merge(connection):
    # The latest change of a customer is the one that no other follows: seq is never missing, so LEAD is NULL there only.
    later = "(latest.changed_at > known.updated_at OR (known.updated_at IS NULL AND latest.changed_at IS NOT NULL))"
    connection.cursor().execute(f"""
        MERGE INTO customers AS known
        USING (
            SELECT customer_id, op, email, city, changed_at
            FROM changes
            QUALIFY LEAD(seq) OVER (PARTITION BY customer_id ORDER BY changed_at ASC NULLS FIRST, seq ASC) IS NULL
        ) AS latest
        ON known.customer_id = latest.customer_id
        WHEN MATCHED AND {later} AND latest.op = 'D' THEN DELETE
        WHEN MATCHED AND {later} THEN UPDATE SET
            email = latest.email,
            city = latest.city,
            updated_at = latest.changed_at
        WHEN NOT MATCHED AND latest.op <> 'D' THEN
            INSERT (customer_id, email, city, updated_at)
            VALUES (latest.customer_id, latest.email, latest.city, latest.changed_at)
    """)
