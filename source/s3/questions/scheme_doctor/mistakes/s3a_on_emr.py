# EMR and Glue run Spark, and are taken for Apache's: they are given `s3a://`. AWS documents `s3://` for both.
# breaks: AWS services
def scheme_doctor(uri, platform):
    scheme, found, rest = uri.partition("://")
    if not found or scheme.lower() not in ("s3", "s3n", "s3a"):
        return uri
    authority, slash, key = rest.partition("/")
    bucket = authority.rpartition("@")[2]
    return ("s3a" if platform in ("spark", "emr") else "s3") + "://" + bucket + slash + key


def scheme_doctor_lines(uri):
    return spark.read.text(scheme_doctor(uri, "spark"))
