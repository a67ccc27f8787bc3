# The upload is aborted, and the error goes no further: the caller takes the object for written. Expected was the error, raised again.
# breaks: error told
def upload_in_parts_plan(size):
    part_size = max(8 << 20, -(-size // 10_000))
    if part_size > 5 << 30:
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
    except Exception as error:
        client.abort_multipart_upload(**where)
        if isinstance(error, ValueError):
            raise
        print("upload failed:", error)
