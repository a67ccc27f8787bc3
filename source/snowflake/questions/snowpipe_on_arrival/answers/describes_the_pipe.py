def snowpipe_on_arrival(connection, s3, bucket):
    with connection.cursor() as cursor:
        cursor.execute("create file format if not exists plain_csv type = csv")
        cursor.execute(f"create stage if not exists CLICKS_STAGE url = 's3://{bucket}/clicks/' file_format = (format_name = 'plain_csv')")
        cursor.execute("""create pipe if not exists CLICKS_PIPE auto_ingest = true as
            copy into CLICKS (session_id, item, clicked_at) from (select $1, $2, $3::timestamp_ntz from @CLICKS_STAGE) on_error = skip_file""")
        cursor.execute("desc pipe CLICKS_PIPE")
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone()))
        there = s3.get_bucket_notification_configuration(Bucket=bucket)
        queues = list(there.get("QueueConfigurations", []))
        if not any(queue.get("Id") == "clicks-to-snowflake" for queue in queues):
            queues.append({
                "Id": "clicks-to-snowflake",
                "QueueArn": row["notification_channel"],
                "Events": ["s3:ObjectCreated:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "clicks/"}]}},
            })
            s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": queues})
        cursor.execute("alter pipe CLICKS_PIPE refresh")
