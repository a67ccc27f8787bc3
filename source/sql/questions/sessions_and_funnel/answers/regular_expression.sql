with d as (select * replace (ifnull(user_id, device_id) as user_id) from clicks),
b as (
    select *, lag(ts) over w is null or ts > lag(ts) over w + interval '30 minutes' as first from d window w as (partition by user_id order by ts, event_id)
),
g as (select *, sum(first::int) over (partition by user_id order by ts, event_id) as no from b),
p as (select user_id, no, min(ts) as t, array_to_string(list(action order by ts, event_id), '>') as path from g group by all)
select date_trunc('day', t)::date as session_day, count(*)::int as sessions,
       sum(regexp_matches(path, 'view')::int) as viewed, sum(regexp_matches(path, 'view.*cart')::int) as carted,
       sum(regexp_matches(path, 'view.*cart.*buy')::int) as bought,
       avg(case when regexp_matches(path, 'view') then regexp_matches(path, 'view.*cart.*buy')::int end) as buy_rate
from p group by 1
