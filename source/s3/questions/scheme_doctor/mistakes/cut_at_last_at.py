# Everything up to the last `@` is dropped, also where that stands in the key. Credentials end before the first slash.
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    authority, slash, key = rest.rpartition("@")[2].partition("/")
    bucket = authority
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
