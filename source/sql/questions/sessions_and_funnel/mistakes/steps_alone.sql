-- Each step is counted for itself: sessions that bought without a `view` and a `cart` before count as bought.
-- breaks: in order
with by_visitor as (select coalesce(user_id, device_id) as visitor, event_id, ts, action from clicks),
marked as (
    select *, case when ts - lag(ts) over (partition by visitor order by ts, event_id) <= interval 30 minute then 0 else 1 end as starts
    from by_visitor
),
numbered as (select *, sum(starts) over (partition by visitor order by ts, event_id rows unbounded preceding) as session from marked),
paths as (
    select visitor, session, min(ts)::date as session_day, string_agg(left(action, 1), '' order by ts, event_id) as path
    from numbered group by visitor, session
)
select session_day, count(*) as sessions, count_if(path like '%v%') as viewed, count_if(path like '%c%') as carted,
       count_if(path like '%b%') as bought, count_if(path like '%b%') / nullif(count_if(path like '%v%'), 0) as buy_rate
from paths group by session_day
