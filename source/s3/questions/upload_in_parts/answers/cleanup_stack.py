import math
from contextlib import ExitStack


def upload_in_parts_plan(size):
    if size > 10_000 * (5 << 30):
        raise ValueError("too large for one object")
    part_size = 5 << 20 if size <= 10_000 * (5 << 20) else math.ceil(size / 10_000 / 1024) * 1024
    part_size = min(part_size, 8 << 20) if size <= 10_000 * (8 << 20) else part_size
    return part_size, max(1, math.ceil(size / part_size))


def upload_in_parts(client, bucket, key, stream, size):
    part_size, count = upload_in_parts_plan(size)
    upload = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    with ExitStack() as undo:
        undo.callback(client.abort_multipart_upload, Bucket=bucket, Key=key, UploadId=upload)
        done, left = [], size
        for number in range(1, count + 1):
            chunk = _read(stream, min(part_size, left))
            left -= len(chunk)
            answer = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=chunk)
            done.append({"ETag": answer["ETag"], "PartNumber": number})
        client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": done})
        undo.pop_all()


def _read(stream, wanted):
    pieces = []
    while wanted > 0:
        piece = stream.read(wanted)
        if not piece:
            raise ValueError("the stream is shorter than announced")
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)
