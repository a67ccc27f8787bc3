# The two manifests are compared byte by byte, so one with another order or other white space counts as another night. Compare the names, keys and sizes that they hold.
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
    same = client.get_object(**target)["Body"].read() == json.dumps({"files": entries}).encode()
    return "unchanged" if same else "lost"
