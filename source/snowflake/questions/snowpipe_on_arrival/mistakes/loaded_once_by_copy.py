# The files of this moment were loaded by a COPY, and none that came later. A pipe loads what arrives.
def snowpipe_on_arrival(connection, s3, bucket):
    cursor = connection.cursor()
    cursor.execute(f"CREATE STAGE IF NOT EXISTS click_files URL = 's3://{bucket}/clicks/' FILE_FORMAT = (TYPE = CSV)")
    cursor.execute("COPY INTO clicks FROM @click_files ON_ERROR = SKIP_FILE")
