def user_actions(lines):
    lines.createOrReplaceTempView("log_lines")
    return lines.sparkSession.sql(r"""
        with parsed as (
            select regexp_extract(value, 'user=([0-9]+)', 1) as USER_ID, split(value, ' ')[2] as level from log_lines
        )
        select USER_ID, count(*) as TOTAL_ACTIONS, count_if(level = 'ERROR') as TOTAL_ERRORS from parsed group by USER_ID
    """)
