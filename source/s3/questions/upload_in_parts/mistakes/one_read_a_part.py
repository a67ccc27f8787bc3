# A part is what one `read` gives. A connection gives fewer bytes than asked for, so parts come out smaller than 5 MiB and bytes are missing. Read until the part is full.
# breaks: short reads
def upload_in_parts_plan(size):
    part_size = max(8 << 20, -(-size // 10_000))
    if part_size > 5 << 30:
        raise ValueError("too large")
    return part_size, max(1, -(-size // part_size))


def upload_in_parts(client, bucket, key, stream, size):
    part_size, count = upload_in_parts_plan(size)
    where = {"Bucket": bucket, "Key": key}
    where["UploadId"] = client.create_multipart_upload(**where)["UploadId"]
    try:
        parts, read = [], 0
        for number in range(1, count + 1):
            body = stream.read(min(part_size, size - read))
            read += len(body)
            parts.append({"PartNumber": number, "ETag": client.upload_part(**where, PartNumber=number, Body=body)["ETag"]})
        if read < size:
            raise ValueError("ended early")
        client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    except Exception:
        client.abort_multipart_upload(**where)
        raise
