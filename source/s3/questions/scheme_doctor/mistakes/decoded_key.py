# The key is decoded: `%20` becomes a space and names another object. An address of Hadoop's holds the key as it is.
# breaks: nothing else
from urllib.parse import unquote


def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + unquote(key)


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
