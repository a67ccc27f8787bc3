# The manifest is written without a condition, over whichever is there. Expected was a write that succeeds only where there is none.
import hashlib
import json


def publish_once(client, bucket, prefix, files):
    entries = []
    for name, body in files.items():
        key = f"{prefix}/parts/{hashlib.sha256(body).hexdigest()}"
        client.put_object(Bucket=bucket, Key=key, Body=body)
        entries.append({"name": name, "key": key, "size": len(body)})
    target = {"Bucket": bucket, "Key": f"{prefix}/manifest.json"}
    while True:
        try:
            client.put_object(**target, Body=json.dumps({"files": entries}))
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
