# The whole address is written in lower case, the key too, and names another object. Only the scheme has no letter case.
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.lower().partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
