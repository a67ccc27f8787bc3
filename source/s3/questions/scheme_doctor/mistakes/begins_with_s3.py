# Whatever begins with `s3` is taken for S3's, `s3bfs` too, which is EMR's old block file system. The schemes are `s3`, `s3n` and `s3a`.
# breaks: other schemes
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or not scheme.lower().startswith("s3"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3a" if platform == "spark" else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
