def idempotent_upsert(connection, url, role):
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("drop table if exists public.orders_arriving")
    cursor.execute("create table public.orders_arriving (like public.orders)")
    cursor.execute(f"copy public.orders_arriving from '{url}' credentials 'aws_iam_role={role}' parquet")
    cursor.execute("begin")
    cursor.execute(
        """
        update orders
        set status = a.status, amount = a.amount, version = a.version, deleted = a.deleted
        from orders_arriving a
        where a.order_id = orders.order_id
          and a.version > orders.version
          and not exists (select 1 from orders_arriving b where b.order_id = a.order_id and b.version > a.version)
        """
    )
    cursor.execute(
        """
        insert into orders
        select distinct a.order_id, a.status, a.amount, a.version, a.deleted
        from orders_arriving a
        join (select order_id, max(version) as version from orders_arriving group by order_id) m
          on m.order_id = a.order_id and m.version = a.version
        where a.order_id not in (select order_id from orders)
        """
    )
    cursor.execute("commit")
    cursor.execute("drop table public.orders_arriving")
