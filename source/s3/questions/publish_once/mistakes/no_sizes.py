# The entries of the manifest hold no sizes; without them a reader cannot tell a whole file from another one. Expected were name, key and size.
# breaks: manifest
import hashlib
import json


def publish_once(client, bucket, prefix, files):
    entries = []
    for name, body in files.items():
        key = f"{prefix}/parts/{hashlib.sha256(body).hexdigest()}"
        client.put_object(Bucket=bucket, Key=key, Body=body)
        entries.append({"name": name, "key": key})
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
