import re

ADDRESS = re.compile(r"(?i)s3[na]?://(?:[^/@]*@)?(.*)", re.DOTALL)


def scheme_doctor(uri, platform):
    found = ADDRESS.fullmatch(uri)
    if not found:
        return uri
    return f"{'s3a' if platform == 'spark' else 's3'}://{found.group(1)}"


def scheme_doctor_lines(uri):
    return spark.read.format("text").load(scheme_doctor(uri, "spark"))
