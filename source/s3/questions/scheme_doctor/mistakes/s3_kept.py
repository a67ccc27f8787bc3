# On Spark an address that begins with `s3://` is left as it is. Apache's Hadoop knows no such scheme since version 3; expected was `s3a://`.
# breaks: open source
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    if scheme.lower() == "s3":
        return "s3://" + rest.rpartition("@")[2] if "@" in rest.split("/")[0] else uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
