# The two days of the example are added, whatever the table; expected are the days that lie below its location.
def make_days_visible(athena, s3, table):
    sql = "ALTER TABLE clicks ADD IF NOT EXISTS PARTITION (day = '2026-11-02') LOCATION 's3://wrenfield-lake/clicks/day=2026-11-02/' PARTITION (day = '2026-11-03') LOCATION 's3://wrenfield-lake/clicks/day=2026-11-03/'"
    athena.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": "shop"}, ResultConfiguration={"OutputLocation": "s3://wrenfield-results/days/"})
