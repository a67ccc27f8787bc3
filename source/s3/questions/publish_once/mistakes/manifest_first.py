# The manifest is written before the files: a program that ends in between has published files that are not there. Expected was the manifest as the last write.
# breaks: manifest last
import hashlib
import json


def publish_once(client, bucket, prefix, files):
    entries = [{"name": name, "key": f"{prefix}/parts/{hashlib.sha256(body).hexdigest()}", "size": len(body)} for name, body in files.items()]
    target = {"Bucket": bucket, "Key": f"{prefix}/manifest.json"}
    outcome = "published"
    while True:
        try:
            client.put_object(**target, Body=json.dumps({"files": entries}), IfNoneMatch="*")
            break
        except client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "PreconditionFailed":
                there = json.loads(client.get_object(**target)["Body"].read())["files"]
                same = sorted(there, key=lambda entry: entry["name"]) == sorted(entries, key=lambda entry: entry["name"])
                return "unchanged" if same else "lost"
            if code != "ConditionalRequestConflict":
                raise
    for entry in entries:
        client.put_object(Bucket=bucket, Key=entry["key"], Body=files[entry["name"]])
    return outcome
