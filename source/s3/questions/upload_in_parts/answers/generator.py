MIB = 1024 * 1024


def upload_in_parts_plan(size):
    part_size = 8 * MIB
    while part_size * 10_000 < size:
        part_size += MIB
    if part_size > 5 * 1024 * MIB:
        raise ValueError(size)
    return part_size, (size + part_size - 1) // part_size or 1


def parts_of(stream, size):
    part_size, _ = upload_in_parts_plan(size)
    read, buffer = 0, b""
    while read < size:
        piece = stream.read(min(1 * MIB, size - read))
        if piece == b"":
            raise ValueError(f"{read} of {size} bytes")
        read += len(piece)
        buffer += piece
        if len(buffer) >= part_size:
            yield buffer[:part_size]
            buffer = buffer[part_size:]
    if buffer or size == 0:
        yield buffer


def upload_in_parts(client, bucket, key, stream, size):
    begun = client.create_multipart_upload(Bucket=bucket, Key=key)
    where = {name: begun[name] for name in ("Bucket", "Key", "UploadId")}
    finished = False
    try:
        tags = [client.upload_part(PartNumber=number, Body=part, **where)["ETag"] for number, part in enumerate(parts_of(stream, size), 1)]
        listed = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
        client.complete_multipart_upload(MultipartUpload={"Parts": listed}, **where)
        finished = True
    finally:
        if not finished:
            client.abort_multipart_upload(**where)
