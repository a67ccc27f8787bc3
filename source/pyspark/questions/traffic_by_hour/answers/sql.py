def traffic_by_hour(hits):
    return hits.sparkSession.sql(
        """
        select date_trunc('HOUR', at) as hour, split(path, '[?]')[0] as page, count(*) as hits, count(distinct ip) as visitors,
               count_if(status >= 400) / count(*) as error_rate, sum(bytes) as bytes, percentile_approx(bytes, 0.95, 100000) as p95_bytes
        from {hits} group by all
        """,
        hits=hits,
    )
