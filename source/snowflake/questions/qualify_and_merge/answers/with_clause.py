def qualify_and_merge(connection):
    with connection.cursor() as cursor:
        cursor.execute("""
            merge into customers as t
            using (
                with ranked as (
                    select c.*, rank() over (partition by customer_id order by iff(changed_at is null, 1, 0), changed_at desc, seq desc) as place
                    from changes c
                )
                select customer_id, op, email, city, changed_at from ranked where place = 1
            ) as s on s.customer_id = t.customer_id
            when matched and s.op = 'D' and (t.updated_at < s.changed_at or (t.updated_at is null and s.changed_at is not null)) then delete
            when matched and s.op = 'U' and (t.updated_at < s.changed_at or (t.updated_at is null and s.changed_at is not null))
                then update set t.email = s.email, t.city = s.city, t.updated_at = s.changed_at
            when not matched and s.op = 'U' then insert (customer_id, email, city, updated_at) values (s.customer_id, s.email, s.city, s.changed_at)
        """)
