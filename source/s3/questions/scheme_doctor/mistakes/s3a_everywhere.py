# Services of AWS are given `s3a://`. EMR, Glue, Athena, COPY and the command line are addressed with `s3://`; Athena and the command line know nothing else.
# breaks: AWS services
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3" if platform == "glue" else "s3a") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
