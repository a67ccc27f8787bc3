def update_latest(state, batch):
    return state.sparkSession.sql(
        """
        with events as (select * from {state} union select * from {batch}),
        placed as (
            select *, row_number() over (partition by order_id order by status_time desc nulls last, source_seq desc) as place
            from events
        )
        select order_id, customer_id, status, status_time, source_seq from placed where place = 1
        """,
        state=state,
        batch=batch,
    )
