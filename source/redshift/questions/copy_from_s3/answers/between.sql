delete orders where order_day >= '2026-11-02' and order_day < '2026-11-03';
copy public.orders (order_id, channel, status, amount, order_day)
from 's3://wrenfield-curated/orders/2026-11-02/'
IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load'
parquet;
analyze orders;
