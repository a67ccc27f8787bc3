# On Spark an address that begins with `s3n://` is left as it is. Hadoop has removed that file system; expected was `s3a://`.
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3a"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
