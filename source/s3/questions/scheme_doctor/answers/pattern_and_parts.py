import re

S3_SCHEMES = ("s3", "s3n", "s3a")
SCHEME_ON = {"spark": "s3a", "emr": "s3", "glue": "s3", "athena": "s3", "redshift": "s3", "cli": "s3"}


def scheme_doctor(uri, platform):
    if platform not in SCHEME_ON:
        raise ValueError(f"unknown platform: {platform!r}")
    scheme, separator, rest = uri.partition("://")
    if not separator or scheme.lower() not in S3_SCHEMES:
        return uri
    # credentials can only stand before the first slash; an @ in the key is the key's
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return SCHEME_ON[platform] + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    address = scheme_doctor(uri, "spark")
    # Spark takes these signs for wildcards; in a key they are plain characters
    address = re.sub(r"([\\*?\[\]{}])", r"\\\1", address)
    # recursive: folders such as dt=2026-11-01/ are read too, and do not become columns
    return spark.read.option("recursiveFileLookup", "true").text(address).select("value")
