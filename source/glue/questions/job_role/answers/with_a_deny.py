def job_role(job):
    read_bucket, read_prefix = job["reads"].replace("s3://", "").split("/", 1)
    write_bucket, write_prefix = job["writes"].replace("s3://", "").split("/", 1)
    s3 = "arn:aws:s3:::"
    glue = f"arn:aws:glue:{job['region']}:{job['account']}:"
    permissions = [
        dict(Effect="Allow", Action="s3:GetObject", Resource=job["script"].replace("s3://", s3)),
        dict(Effect="Allow", Action="s3:GetObject", Resource=job["reads"].replace("s3://", s3) + "*"),
        dict(Effect="Allow", Action=["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource=job["writes"].replace("s3://", s3) + "*"),
        dict(Effect="Allow", Action="s3:ListBucket", Resource=[s3 + read_bucket, s3 + write_bucket]),
        dict(
            Effect="Deny",
            Action="s3:ListBucket",
            Resource=s3 + read_bucket,
            Condition={"StringNotLike": {"s3:prefix": f"{read_prefix}*"}},
        ),
        dict(
            Effect="Deny",
            Action="s3:ListBucket",
            Resource=s3 + write_bucket,
            Condition={"StringNotLike": {"s3:prefix": f"{write_prefix}*"}},
        ),
        dict(
            Effect="Allow",
            Action=["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions", "glue:BatchCreatePartition"],
            Resource=[glue + "catalog", glue + "database/" + job["database"], f"{glue}table/{job['database']}/{job['table']}"],
        ),
        dict(
            Effect="Allow",
            Action=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            Resource=f"arn:aws:logs:{job['region']}:{job['account']}:log-group:/aws-glue/*",
        ),
    ]
    trust = dict(
        Effect="Allow",
        Principal=dict(Service="glue.amazonaws.com"),
        Action="sts:AssumeRole",
        Condition={"StringEquals": {"aws:SourceAccount": job["account"]}},
    )
    hand_over = dict(
        Effect="Allow",
        Action="iam:PassRole",
        Resource=f"arn:aws:iam::{job['account']}:role/{job['role']}",
        Condition={"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}},
    )
    documents = {"trust": [trust], "permissions": permissions, "pass": [hand_over]}
    return {name: {"Version": "2012-10-17", "Statement": statements} for name, statements in documents.items()}
