# A further call loaded the backlog again: a pipe that is replaced has forgotten which files it took.
# breaks: called again
def snowpipe_on_arrival(connection, s3, bucket):
    cursor = connection.cursor()
    cursor.execute(f"CREATE STAGE IF NOT EXISTS click_files URL = 's3://{bucket}/clicks/' FILE_FORMAT = (TYPE = CSV)")
    cursor.execute("CREATE OR REPLACE PIPE click_pipe AUTO_INGEST = TRUE AS COPY INTO clicks FROM @click_files")
    queue = next(row[6] for row in cursor.execute("SHOW PIPES").fetchall() if row[1] == "CLICK_PIPE")
    held = s3.get_bucket_notification_configuration(Bucket=bucket).get("QueueConfigurations", [])
    others = [one for one in held if one.get("Id") != "clicks"]
    rule = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "clicks/"}]}}
    mine = {"Id": "clicks", "QueueArn": queue, "Events": ["s3:ObjectCreated:*"], "Filter": rule}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [*others, mine]})
    cursor.execute("ALTER PIPE click_pipe REFRESH")
