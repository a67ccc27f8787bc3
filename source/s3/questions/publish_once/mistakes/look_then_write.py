# Whether a manifest is there is asked first, and then it is written without a condition: a run that publishes in between is overwritten. Expected was a conditional write.
# breaks: first one wins
import hashlib
import json


def publish_once(client, bucket, prefix, files):
    entries = []
    target = {"Bucket": bucket, "Key": f"{prefix}/manifest.json"}
    there = None
    try:
        there = json.loads(client.get_object(**target)["Body"].read())["files"]
    except client.exceptions.NoSuchKey:
        pass
    for name, body in files.items():
        key = f"{prefix}/parts/{hashlib.sha256(body).hexdigest()}"
        client.put_object(Bucket=bucket, Key=key, Body=body)
        entries.append({"name": name, "key": key, "size": len(body)})
    if there is not None:
        same = sorted(there, key=lambda entry: entry["name"]) == sorted(entries, key=lambda entry: entry["name"])
        return "unchanged" if same else "lost"
    while True:
        try:
            client.put_object(**target, Body=json.dumps({"files": entries}))
            return "published"
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalRequestConflict":
                raise
