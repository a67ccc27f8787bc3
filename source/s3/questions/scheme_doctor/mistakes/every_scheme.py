# Addresses of other file systems are sent to S3, too. Only `s3`, `s3n` and `s3a` are S3's.
# breaks: other schemes
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found:
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
