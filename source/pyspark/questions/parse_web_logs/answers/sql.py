def parse_web_logs(lines):
    return lines.sparkSession.sql(
        r"""
        with pattern as (
            select r'^(\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d\d\d) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$' as fits
        ),
        cut as (
            select value as line, value rlike fits as good, regexp_extract(value, fits, 1) as ip, regexp_extract(value, fits, 2) as user_,
                   try_to_timestamp(regexp_extract(value, fits, 3), 'dd/MMM/yyyy:HH:mm:ss Z') as moment, regexp_extract(value, fits, 4) as request,
                   regexp_extract(value, fits, 5) as code, regexp_extract(value, fits, 6) as size, regexp_extract(value, fits, 7) as referer_,
                   regexp_extract(value, fits, 8) as agent_
            from {lines} cross join pattern where trim(both ' \t' from value) <> ''
        ),
        judged as (
            select *, case when not good then 'format' when moment is null then 'time'
                           when not request rlike r'^[^ ]+ [^ ]+ [^ ]+$' then 'request' end as reason
            from cut
        )
        select line, reason, if(reason is null, ip, null) as ip, if(reason is null, nullif(user_, '-'), null) as `user`,
               if(reason is null, moment, null) as at, if(reason is null, split(request, ' ')[0], null) as method,
               if(reason is null, split(request, ' ')[1], null) as path, if(reason is null, int(code), null) as status,
               if(reason is null, try_cast(size as bigint), null) as bytes, if(reason is null, nullif(referer_, '-'), null) as referer,
               if(reason is null, nullif(agent_, '-'), null) as agent
        from judged
        """,
        lines=lines,
    )
