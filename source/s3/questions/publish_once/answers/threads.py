import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError


def publish_once(client, bucket, prefix, files):
    keys = {name: prefix + "/parts/" + hashlib.sha256(body).hexdigest() for name, body in files.items()}
    bodies = {keys[name]: body for name, body in files.items()}  # equal contents once
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: client.put_object(Bucket=bucket, Key=key, Body=bodies[key]), bodies))
    manifest = {"files": [dict(name=name, size=len(body), key=keys[name]) for name, body in files.items()]}
    return _decide(client, bucket, prefix + "/manifest.json", manifest)


def _decide(client, bucket, key, manifest):
    try:
        client.put_object(Bucket=bucket, Key=key, Body=json.dumps(manifest, ensure_ascii=False).encode("utf-8"), ContentType="application/json", IfNoneMatch="*")
        return "published"
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "ConditionalRequestConflict":
                return _decide(client, bucket, key, manifest)
            case "PreconditionFailed":
                there = json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8"))
                return "unchanged" if index(there) == index(manifest) else "lost"
            case _:
                raise


def index(manifest):
    return {entry["name"]: (entry["key"], entry["size"]) for entry in manifest["files"]}
