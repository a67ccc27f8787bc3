# A file whose write is refused is left out and the night is published without it. Expected was the error.
# breaks: other errors
import hashlib
import json


def publish_once(client, bucket, prefix, files):
    entries = []
    for name, body in files.items():
        key = f"{prefix}/parts/{hashlib.sha256(body).hexdigest()}"
        try:
            client.put_object(Bucket=bucket, Key=key, Body=body)
        except client.exceptions.ClientError as error:
            print("not written:", error)
            continue
        entries.append({"name": name, "key": key, "size": len(body)})
    target = {"Bucket": bucket, "Key": f"{prefix}/manifest.json"}
    while True:
        try:
            client.put_object(**target, Body=json.dumps({"files": entries}), IfNoneMatch="*")
            return "published"
        except client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "PreconditionFailed":
                break
            if code != "ConditionalRequestConflict":
                raise
    there = json.loads(client.get_object(**target)["Body"].read())["files"]
    same = sorted(there, key=lambda entry: entry["name"]) == sorted(entries, key=lambda entry: entry["name"])
    return "unchanged" if same else "lost"
