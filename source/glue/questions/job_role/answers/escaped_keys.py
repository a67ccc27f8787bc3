GLUE_SERVICE = "glue.amazonaws.com"


def _partition_of(region):
    if region.startswith("cn-"):
        return "aws-cn"
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws"


def _literal(text):
    """Signs that mean something in a policy, as themselves."""
    out = []
    for sign in text:
        out.append("${" + sign + "}" if sign in "$*?" else sign)
    return "".join(out)


def _place(uri):
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


def _folder(uri):
    bucket, key = _place(uri)
    if key and not key.endswith("/"):
        key += "/"
    return bucket, key


def _allow(actions, resources, condition=None):
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    if condition:
        statement["Condition"] = condition
    return statement


def _document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def job_role(job):
    account, region = job["account"], job["region"]
    aws = _partition_of(region)

    def s3_arn(bucket, key=None):
        return f"arn:{aws}:s3:::{bucket}" if key is None else f"arn:{aws}:s3:::{bucket}/{key}"

    def folder_statements(uri, actions):
        bucket, prefix = _folder(uri)
        below = _literal(prefix) + "*"
        return [
            _allow(["s3:ListBucket"], [s3_arn(bucket)], {"StringLike": {"s3:prefix": [below]}}),
            _allow(actions, [s3_arn(bucket, below)]),
        ]

    script_bucket, script_key = _place(job["script"])
    glue_arn = f"arn:{aws}:glue:{region}:{account}:"

    trust = _document({
        "Effect": "Allow",
        "Principal": {"Service": GLUE_SERVICE},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    })

    permissions = _document(
        _allow(["s3:GetObject"], [s3_arn(script_bucket, _literal(script_key))]),
        *folder_statements(job["reads"], ["s3:GetObject"]),
        *folder_statements(job["writes"], ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
        _allow(
            ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions", "glue:BatchCreatePartition"],
            [
                glue_arn + "catalog",
                glue_arn + "database/" + job["database"],
                glue_arn + "table/" + job["database"] + "/" + job["table"],
            ],
        ),
        _allow(
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [f"arn:{aws}:logs:{region}:{account}:log-group:/aws-glue/*"],
        ),
    )

    hand_over = _document(
        _allow(
            ["iam:PassRole"],
            [f"arn:{aws}:iam::{account}:role/{job['role']}"],
            {"StringEquals": {"iam:PassedToService": GLUE_SERVICE}},
        )
    )
    return {"trust": trust, "permissions": permissions, "pass": hand_over}
