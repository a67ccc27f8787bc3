# Files that arrived were not loaded: nobody tells the pipe's queue of them. Look at the bucket's notifications.
# breaks: arrival
def snowpipe_on_arrival(connection, s3, bucket):
    cursor = connection.cursor()
    cursor.execute(f"CREATE STAGE IF NOT EXISTS click_files URL = 's3://{bucket}/clicks/' FILE_FORMAT = (TYPE = CSV)")
    cursor.execute("CREATE PIPE IF NOT EXISTS click_pipe AUTO_INGEST = TRUE AS COPY INTO clicks FROM @click_files")
    cursor.execute("ALTER PIPE click_pipe REFRESH")
