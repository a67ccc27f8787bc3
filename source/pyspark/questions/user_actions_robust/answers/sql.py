def user_actions_robust(lines):
    return lines.sparkSession.sql(
        r"""
        with fields as (select regexp_replace(value, r'^\s+|\s+$', '') as line from {lines}),
        parsed as (
            select split(line, r'\s+')[2] as level, nullif(regexp_extract(line, r'^\S+\s+\S+\s+\S+.*?\suser=(\S+)', 1), '') as user_id
            from fields where line rlike r'^\S+\s+\S+\s+\S+\s'
        )
        select user_id, count(1) total_actions, sum(if(level ilike 'error', 1, 0)) total_errors from parsed where user_id is not null group by 1
        """,
        lines=lines,
    )
