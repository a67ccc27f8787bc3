import json
import time
from hashlib import sha256

from botocore.exceptions import ClientError


def _entries(manifest):
    """What a manifest names, so that two can be compared; None where it is not a manifest."""
    try:
        return {(entry["name"], entry["key"], entry["size"]) for entry in json.loads(manifest)["files"]}
    except (ValueError, KeyError, TypeError):
        return None


def publish_once(client, bucket, prefix, files):
    manifest_key = f"{prefix}/manifest.json"

    # 1. the contents, each under its own digest
    listed = []
    written = set()
    for name, content in files.items():
        key = f"{prefix}/parts/{sha256(content).hexdigest()}"
        if key not in written:
            client.put_object(Bucket=bucket, Key=key, Body=content)
            written.add(key)
        listed.append({"name": name, "key": key, "size": len(content)})
    manifest = json.dumps({"files": listed}).encode("ascii")

    # 2. the manifest, only where there is none
    pause = 0.05
    while True:
        try:
            client.put_object(Bucket=bucket, Key=manifest_key, Body=manifest, ContentType="application/json", IfNoneMatch="*")
            return "published"
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code == "PreconditionFailed":
                break
            if code != "ConditionalRequestConflict":
                raise
        time.sleep(pause)
        pause = min(pause * 2, 1.0)

    # 3. somebody was first: the same files, or others?
    there = client.get_object(Bucket=bucket, Key=manifest_key)["Body"].read()
    return "unchanged" if _entries(there) == _entries(manifest) else "lost"
