PREFIX = {"spark": "s3a", "emr": "s3", "glue": "s3", "athena": "s3", "redshift": "s3", "cli": "s3"}


def scheme_doctor(uri: str, platform: str) -> str:
    for old in ("s3://", "s3n://", "s3a://"):
        if uri[: len(old)].lower() == old:
            place = uri[len(old) :]
            end = place.find("/") if "/" in place else len(place)
            at = place.rfind("@", 0, end)
            return f"{PREFIX[platform]}://{place[at + 1:]}"
    return uri


def scheme_doctor_lines(uri):
    healed = scheme_doctor(uri, "spark")
    return spark.sparkContext.textFile(healed).map(lambda line: (line,)).toDF("value string")
