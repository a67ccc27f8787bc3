def scheme_doctor(uri, platform):
    parts = uri.split("/")
    is_s3 = len(parts) > 2 and parts[0].casefold() in {"s3:", "s3a:", "s3n:"} and parts[1] == ""
    if is_s3:
        parts[0] = "s3a:" if platform == "spark" else "s3:"
        parts[2] = parts[2].split("@")[-1]
    return "/".join(parts)


def scheme_doctor_lines(uri):
    from pyspark.sql import functions as F

    frame = spark.read.text(scheme_doctor(uri, platform="spark"))
    return frame.select(F.col("value").cast("string"))
