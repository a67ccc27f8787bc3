# Of the credentials only the secret is dropped, and the key's id stays before the bucket's name. Everything before the name goes.
# breaks: no credentials
import re


def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = re.sub(":.*@", "@", authority)
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
