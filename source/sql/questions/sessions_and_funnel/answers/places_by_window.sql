with visits as (
    select
        user_id,
        case when user_id is null then device_id end as anonymous_device,
        event_id, ts, action
    from clicks
),
ordered as (
    select
        *,
        lag(ts) over visitor as previous_ts,
        row_number() over visitor as pos
    from visits
    window visitor as (partition by user_id, anonymous_device order by ts, event_id)
),
numbered as (
    select
        *,
        sum(case when previous_ts is null or ts > previous_ts + interval 30 minute then 1 else 0 end)
            over (partition by user_id, anonymous_device order by pos
                  rows between unbounded preceding and current row) as session_no
    from ordered
),
with_view as (
    select
        *,
        min(pos) filter (where action = 'view')
            over (partition by user_id, anonymous_device, session_no) as view_pos
    from numbered
),
with_cart as (
    select
        *,
        min(pos) filter (where action = 'cart' and pos > view_pos)
            over (partition by user_id, anonymous_device, session_no) as cart_pos
    from with_view
),
visit_sessions as (
    select
        user_id, anonymous_device, session_no,
        cast(min(ts) as date) as session_day,
        min(view_pos) is not null as has_view,
        min(cart_pos) is not null as has_cart,
        coalesce(bool_or(action = 'buy' and pos > cart_pos), false) as has_buy
    from with_cart
    group by user_id, anonymous_device, session_no
),
days as (
    select
        session_day,
        count(*) as sessions,
        count(*) filter (where has_view) as viewed,
        count(*) filter (where has_cart) as carted,
        count(*) filter (where has_buy) as bought
    from visit_sessions
    group by session_day
)
select
    session_day, sessions, viewed, carted, bought,
    cast(bought as double) / nullif(viewed, 0) as buy_rate
from days
