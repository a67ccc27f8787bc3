drop table if exists delivered;

-- COPY fills columns of Parquet by their place, so this table has the order of the files, not that of orders.
create temporary table delivered (
    order_id bigint,
    channel varchar(20),
    status varchar(20),
    amount decimal(12, 2),
    order_day date
);

copy delivered
from 's3://wrenfield-curated/orders/2026-11-02/'
iam_role 'arn:aws:iam::111122223333:role/redshift-load'
format as parquet;

-- Readers see the day as it was, or as it is now, and nothing in between.
begin;

delete from orders
where order_day = date '2026-11-02';

insert into orders (order_id, status, channel, amount, order_day)
select order_id, status, channel, amount, order_day
from delivered;

commit;

drop table delivered;
