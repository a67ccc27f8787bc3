# Only the names of the files are compared, so a night with other contents counts as the same. The keys, which are made from the content, tell them apart.
# breaks: same publication
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
            client.put_object(**target, Body=json.dumps({"files": entries}), IfNoneMatch="*")
            return "published"
        except client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "PreconditionFailed":
                break
            if code != "ConditionalRequestConflict":
                raise
    there = json.loads(client.get_object(**target)["Body"].read())["files"]
    same = {entry["name"] for entry in there} == {entry["name"] for entry in entries}
    return "unchanged" if same else "lost"
