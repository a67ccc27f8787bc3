# Of files with the same content the manifest names one only: they were collected by their digest. Expected was an entry for every name.
# breaks: manifest
import hashlib
import json


def publish_once(client, bucket, prefix, files):
    collected = {}
    for name, body in files.items():
        key = f"{prefix}/parts/{hashlib.sha256(body).hexdigest()}"
        client.put_object(Bucket=bucket, Key=key, Body=body)
        collected[key] = {"name": name, "key": key, "size": len(body)}
    entries = list(collected.values())
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
