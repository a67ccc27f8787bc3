with c as (select event_id, coalesce(user_id, device_id) as visitor, ts, action from clicks),
starts as (
    select visitor, ts, event_id, row_number() over (partition by visitor order by ts, event_id) as session
    from c where not exists (
        select 1 from c b where b.visitor = c.visitor and (b.ts, b.event_id) < (c.ts, c.event_id) and b.ts >= c.ts - interval 30 minute
    )
),
placed as (
    select c.*, s.ts as began, s.session from c asof join starts s on c.visitor = s.visitor and c.event_id >= s.event_id
),
seen as (
    select visitor, session, min(began)::date as session_day, min(event_id) filter (where action = 'view') as v from placed group by visitor, session
),
put_in as (
    select s.visitor, s.session, min(p.event_id) as k from seen s join placed p using (visitor, session) where p.action = 'cart' and p.event_id > s.v group by 1, 2
),
paid as (
    select distinct visitor, session from put_in join placed p using (visitor, session) where p.action = 'buy' and p.event_id > k
)
select session_day, count(*) as sessions, count(v) as viewed, count(k) as carted, count(paid.visitor) as bought,
       count(paid.visitor)::double / nullif(count(v), 0) as buy_rate
from seen left join put_in using (visitor, session) left join paid on paid.visitor = seen.visitor and paid.session = seen.session
group by session_day
