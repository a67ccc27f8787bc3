-- `buy_rate` is a whole number, cut off after the division; a fraction between 0 and 1 was expected.
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
select session_day, count(*) as sessions, count_if(path like '%v%') as viewed, count_if(path like '%v%c%') as carted,
       count_if(path like '%v%c%b%') as bought, count_if(path like '%v%c%b%') // nullif(count_if(path like '%v%'), 0) as buy_rate
from paths group by session_day
