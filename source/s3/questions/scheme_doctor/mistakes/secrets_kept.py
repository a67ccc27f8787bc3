# The access key stays in the address, and with it goes into logs and catalogs. Expected was the bucket's name right behind the scheme.
# breaks: no credentials
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
