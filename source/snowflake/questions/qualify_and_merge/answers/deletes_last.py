def qualify_and_merge(connection):
    cursor = connection.cursor()
    cursor.execute("""
        create or replace temporary table latest as
        select customer_id, op, email, city, changed_at from (
            select *, row_number() over (partition by customer_id order by changed_at desc nulls last, seq desc) as n
            from changes
        ) where n = 1
    """)
    cursor.execute("""
        delete from customers using latest
        where customers.customer_id = latest.customer_id
          and (latest.changed_at > customers.updated_at or (customers.updated_at is null and latest.changed_at is not null))
          and latest.op = 'D'
    """)
    cursor.execute("""
        merge into customers c using (select * from latest where op = 'U') l on c.customer_id = l.customer_id
        when matched and (l.changed_at > c.updated_at or (c.updated_at is null and l.changed_at is not null))
            then update set c.email = l.email, c.city = l.city, c.updated_at = l.changed_at
        when not matched then insert values (l.customer_id, l.email, l.city, l.changed_at)
    """)
    connection.commit()
