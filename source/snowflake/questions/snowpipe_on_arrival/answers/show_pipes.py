def snowpipe_on_arrival(connection, s3, bucket):
    prefix, events = "clicks/", "s3:ObjectCreated:*"
    cursor = connection.cursor()
    cursor.execute(f"CREATE STAGE IF NOT EXISTS click_files URL = 's3://{bucket}/{prefix}'")
    # Never OR REPLACE: a pipe of its own remembers what it has loaded, and a new one would know of nothing.
    cursor.execute("""
        CREATE PIPE IF NOT EXISTS clicks_on_arrival AUTO_INGEST = TRUE AS
        COPY INTO clicks (session_id, item, clicked_at)
        FROM @click_files
        FILE_FORMAT = (TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '"')
        ON_ERROR = SKIP_FILE
    """)
    cursor.execute("SHOW PIPES LIKE 'CLICKS_ON_ARRIVAL'")
    names = [column[0].lower() for column in cursor.description]
    queue = dict(zip(names, cursor.fetchall()[0]))["notification_channel"]

    # A put replaces the whole configuration of the bucket: what is there goes back with it.
    told = s3.get_bucket_notification_configuration(Bucket=bucket)
    told.pop("ResponseMetadata", None)
    queues = told.setdefault("QueueConfigurations", [])

    def reaches_the_pipe(one):
        rules = {rule["Name"].lower(): rule["Value"] for rule in one.get("Filter", {}).get("Key", {}).get("FilterRules", [])}
        return one["QueueArn"] == queue and events in one["Events"] and prefix.startswith(rules.get("prefix", "")) and not rules.get("suffix")

    if not any(map(reaches_the_pipe, queues)):
        queues.append({
            "Id": "snowpipe-clicks-on-arrival",
            "QueueArn": queue,
            "Events": [events],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
        })
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=told)

    # After the events are on, so that no file falls in between; through the pipe, so that it remembers the backlog as well.
    cursor.execute("ALTER PIPE clicks_on_arrival REFRESH")
