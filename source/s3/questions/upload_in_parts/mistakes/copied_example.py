# The plan of the example is returned, whatever the size; expected was a plan for the size given.
def upload_in_parts_plan(size):
    return 8388608, 13


def upload_in_parts(client, bucket, key, stream, size):
    client.put_object(Bucket=bucket, Key=key, Body=stream.read())
