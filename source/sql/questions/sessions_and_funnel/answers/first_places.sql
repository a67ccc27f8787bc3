with c as (
    select coalesce(user_id, device_id) as visitor, event_id, ts, action from clicks
),
s as (
    select *, count(*) filter (where gap is null or gap > 1800) over (partition by visitor order by ts, event_id) as session
    from (select *, date_diff('second', lag(ts) over (partition by visitor order by ts, event_id), ts) as gap from c)
),
n as (
    select *, row_number() over (partition by visitor, session order by ts, event_id) as n from s
),
v as (select *, min(case when action = 'view' then n end) over (partition by visitor, session) as first_view from n),
k as (select *, min(case when action = 'cart' and n > first_view then n end) over (partition by visitor, session) as first_cart from v),
f as (
    select visitor, session, min(ts) as began, any_value(first_view) as first_view, any_value(first_cart) as first_cart,
           max(case when action = 'buy' and n > first_cart then 1 else 0 end) as bought
    from k group by visitor, session
)
select began::date as session_day, count(*) as sessions, count(first_view) as viewed, count(first_cart) as carted, sum(bought)::int as bought,
       case when count(first_view) > 0 then sum(bought) * 1.0 / count(first_view) end as buy_rate
from f group by 1
