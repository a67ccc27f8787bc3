# The address is taken apart as one of the web, so that what follows `?` or `#` in a key is lost. In a key these are characters like any other.
# breaks: nothing else
from urllib.parse import urlsplit


def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + urlsplit(uri).path[1:]


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
