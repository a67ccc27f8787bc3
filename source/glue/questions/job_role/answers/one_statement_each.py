import json


def job_role(job):
    text = """
    {"trust": {"Version": "2012-10-17", "Statement": {
         "Sid": "GlueOfThisAccount", "Effect": "Allow", "Principal": {"Service": ["glue.amazonaws.com"]},
         "Action": ["sts:AssumeRole"], "Condition": {"StringEquals": {"aws:SourceAccount": ["ACCOUNT"]}}}},
     "permissions": {"Version": "2012-10-17", "Statement": [
         {"Sid": "Script", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::SCRIPT"},
         {"Sid": "ListRaw", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::READ_BUCKET",
          "Condition": {"StringLike": {"s3:prefix": ["READ_PREFIX", "READ_PREFIX*"]}}},
         {"Sid": "ReadRaw", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::READ_BUCKET/READ_PREFIX*"},
         {"Sid": "ListCurated", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::WRITE_BUCKET",
          "Condition": {"StringLike": {"s3:prefix": "WRITE_PREFIX*"}}},
         {"Sid": "Curated", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
          "Resource": "arn:aws:s3:::WRITE_BUCKET/WRITE_PREFIX*"},
         {"Sid": "Catalog", "Effect": "Allow",
          "Action": ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions", "glue:BatchCreatePartition"],
          "Resource": ["arn:aws:glue:REGION:ACCOUNT:catalog", "arn:aws:glue:REGION:ACCOUNT:database/DATABASE",
                       "arn:aws:glue:REGION:ACCOUNT:table/DATABASE/TABLE"]},
         {"Sid": "Logs", "Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          "Resource": ["arn:aws:logs:*:*:log-group:/aws-glue/*", "arn:aws:logs:*:*:log-group:/aws-glue/*:log-stream:*"]}]},
     "pass": {"Version": "2012-10-17", "Statement": [
         {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::ACCOUNT:role/ROLE",
          "Condition": {"StringLike": {"iam:PassedToService": "glue.amazonaws.com"}}}]}}
    """
    read, write = (job[name][len("s3://") :].split("/", 1) for name in ("reads", "writes"))
    values = {
        "ACCOUNT": job["account"],
        "REGION": job["region"],
        "ROLE": job["role"],
        "SCRIPT": job["script"][len("s3://") :],
        "READ_BUCKET": read[0],
        "READ_PREFIX": read[1],
        "WRITE_BUCKET": write[0],
        "WRITE_PREFIX": write[1],
        "DATABASE": job["database"],
        "TABLE": job["table"],
    }
    for name, value in values.items():
        text = text.replace(name, value)
    return json.loads(text)
