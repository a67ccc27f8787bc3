import json


def snowpipe_on_arrival(connection, s3, bucket):
    cursor = connection.cursor()
    cursor.execute(f"CREATE STAGE IF NOT EXISTS whole_bucket URL = 's3://{bucket}/'")
    cursor.execute(
        "CREATE PIPE IF NOT EXISTS clicks_in AUTO_INGEST = TRUE AS "
        "COPY INTO clicks FROM @whole_bucket/clicks/ FILE_FORMAT = (TYPE = CSV)"
    )
    channel = json.loads(cursor.execute("SELECT SYSTEM$PIPE_STATUS('clicks_in')").fetchone()[0])["notificationChannelName"]
    configuration = s3.get_bucket_notification_configuration(Bucket=bucket)
    configuration.pop("ResponseMetadata")
    queues = configuration.setdefault("QueueConfigurations", [])
    wanted = {"QueueArn": channel, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "clicks/"}]}}}
    known = [rule["Value"] for queue in queues for rule in queue.get("Filter", {}).get("Key", {}).get("FilterRules", [])]
    if "clicks/" not in known:
        queues.append(wanted)
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
    cursor.execute("ALTER PIPE clicks_in REFRESH")
