def job_role(job):
    read, write = (job[name].removeprefix("s3://").partition("/")[::2] for name in ("reads", "writes"))
    glue = f"arn:aws:glue:*:{job['account']}:"
    statements = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": job["script"].replace("s3://", "arn:aws:s3:::")},
        {"Effect": "Allow", "Action": ["s3:GetBucketLocation", "sts:GetCallerIdentity", "logs:DescribeLogGroups", "logs:DescribeLogStreams"], "Resource": "*"},
        {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": {"StringEquals": {"cloudwatch:namespace": "Glue"}}},
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            "Resource": f"arn:aws:s3:::{write[0]}/{write[1]}*",
        },
        {
            "Effect": "Allow",
            "Action": ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions", "glue:BatchCreatePartition"],
            "Resource": [f"{glue}catalog", f"{glue}database/{job['database']}", f"{glue}table/{job['database']}/{job['table']}"],
        },
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [f"arn:aws:logs:*:{job['account']}:log-group:/aws-glue/*:*", f"arn:aws:logs:*:{job['account']}:log-group:/aws-glue/*"],
        },
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
        {"Effect": "Deny", "NotAction": ["s3:*", "glue:*", "logs:*", "sts:GetCallerIdentity", "cloudwatch:PutMetricData"], "Resource": "*"},
    ]
    for bucket, folder in (read, write):
        below = {"StringLike": {"s3:prefix": f"{folder}*"}}
        statements.append({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/{folder}*"], "Condition": below})
        statements.append({"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/{folder}*"]})
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "glue.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": job["account"]}},
    }
    hand_over = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": f"arn:aws:iam::{job['account']}:role/{job['role']}",
        "Condition": {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}},
    }
    documents = {"trust": trust, "permissions": statements, "pass": hand_over}
    return {name: {"Version": "2012-10-17", "Statement": statement} for name, statement in documents.items()}
