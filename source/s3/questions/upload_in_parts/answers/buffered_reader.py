import io

from botocore.exceptions import ClientError


def upload_in_parts_plan(size: int) -> tuple[int, int]:
    limit = 5 * 2**30
    for part_size in (5 * 2**20, 8 * 2**20, 64 * 2**20, 1024 * 2**20, limit):
        count = max(1, (size - 1) // part_size + 1)
        if count <= 10_000:
            return part_size, count
    raise ValueError("S3 objects end at 48.8 TiB")


class Upload:
    def __init__(self, client, bucket, key):
        self.client, self.where, self.parts = client, {"Bucket": bucket, "Key": key}, []

    def __enter__(self):
        self.where["UploadId"] = self.client.create_multipart_upload(**self.where)["UploadId"]
        return self

    def __exit__(self, kind, error, trace):
        if kind:
            self.client.abort_multipart_upload(**self.where)
        return False

    def send(self, body):
        number = len(self.parts) + 1
        for attempt in range(3):
            try:
                tag = self.client.upload_part(**self.where, PartNumber=number, Body=body)["ETag"]
                break
            except ClientError:
                if attempt == 2:
                    raise
        self.parts.append({"PartNumber": number, "ETag": tag})

    def complete(self):
        self.client.complete_multipart_upload(**self.where, MultipartUpload={"Parts": self.parts})


def upload_in_parts(client, bucket, key, stream, size):
    part_size, count = upload_in_parts_plan(size)
    source = io.BufferedReader(stream) if isinstance(stream, io.RawIOBase) else stream
    with Upload(client, bucket, key) as upload:
        for number in range(count):
            wanted = min(part_size, size - number * part_size)
            body = source.read(wanted)
            if len(body) < wanted:
                raise ValueError("The stream ended early.")
            upload.send(body)
        upload.complete()
