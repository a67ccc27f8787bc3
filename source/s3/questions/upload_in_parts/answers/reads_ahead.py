MIB_ = 1024 ** 2
SMALLEST_PART = 5 * MIB_
LARGEST_PART = 5 * 1024 ** 3
USUAL_PART = 8 * MIB_
MOST_PARTS = 10_000


def upload_in_parts_plan(size):
    if size < 0:
        raise ValueError(f"size must not be negative: {size}")
    if size > MOST_PARTS * LARGEST_PART:
        raise ValueError(f"{size} bytes do not fit in {MOST_PARTS} parts of {LARGEST_PART} bytes")
    part_size = USUAL_PART
    if size > MOST_PARTS * USUAL_PART:
        part_size = -(-size // MOST_PARTS)
    count = -(-size // part_size)
    if count == 0:
        count = 1
    return part_size, count


class _Upload:
    """One multipart upload of our own; knows its id and the parts that were sent."""

    def __init__(self, client, bucket, key):
        self.client = client
        self.target = {"Bucket": bucket, "Key": key}
        self.parts = []
        answer = client.create_multipart_upload(**self.target)
        self.target["UploadId"] = answer["UploadId"]

    def send(self, body):
        number = len(self.parts) + 1
        answer = self.client.upload_part(PartNumber=number, Body=body, **self.target)
        self.parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def complete(self):
        self.client.complete_multipart_upload(MultipartUpload={"Parts": self.parts}, **self.target)

    def abort(self):
        # must not hide the error that brought us here
        for _ in range(3):
            try:
                self.client.abort_multipart_upload(**self.target)
                return
            except Exception:
                continue


def _read_exactly(stream, wanted):
    """Reads up to `wanted` bytes; fewer only when the stream is at its end."""
    buffer = bytearray()
    while len(buffer) < wanted:
        piece = stream.read(wanted - len(buffer))
        if not piece:
            break
        buffer += piece
    return buffer


def upload_in_parts(client, bucket, key, stream, size):
    part_size, count = upload_in_parts_plan(size)
    upload = _Upload(client, bucket, key)
    try:
        left = size
        for _ in range(count):
            wanted = min(part_size, left)
            body = _read_exactly(stream, wanted)
            if len(body) < wanted:
                raise ValueError(f"the stream ended {left - len(body)} bytes before the announced {size}")
            upload.send(body)
            left -= wanted
            del body
        if stream.read(1):
            raise ValueError(f"the stream holds more than the announced {size} bytes")
        upload.complete()
    except BaseException:
        upload.abort()
        raise
