def snowpipe_on_arrival(connection, s3, bucket):
    cursor = connection.cursor()
    pipes = [row[1] for row in cursor.execute("SHOW PIPES").fetchall()]
    if "LOAD_CLICKS" not in pipes:
        cursor.execute(f"CREATE OR REPLACE STAGE raw_clicks URL = 's3://{bucket}/clicks/'")
        cursor.execute("""CREATE PIPE load_clicks AUTO_INGEST = TRUE COMMENT = 'clicks of the shop' AS
            COPY INTO clicks FROM @raw_clicks FILE_FORMAT = (TYPE = 'CSV' FIELD_DELIMITER = ',') ON_ERROR = 'SKIP_FILE'""")
    arn = next(row[6] for row in cursor.execute("SHOW PIPES").fetchall() if row[1] == "LOAD_CLICKS")
    queues = [
        queue
        for queue in s3.get_bucket_notification_configuration(Bucket=bucket).get("QueueConfigurations", [])
        if queue["Id"] != "snowpipe-clicks"
    ]
    queues += [{"Id": "snowpipe-clicks", "QueueArn": arn, "Events": ["s3:ObjectCreated:Put", "s3:ObjectCreated:CompleteMultipartUpload"],
                "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "clicks/"}]}}}]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": queues})
    cursor.execute("ALTER PIPE load_clicks REFRESH")
