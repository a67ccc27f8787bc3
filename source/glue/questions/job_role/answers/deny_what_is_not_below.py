from urllib.parse import urlsplit


def job_role(job):
    where = {name: urlsplit(job[name]) for name in ("script", "reads", "writes")}
    bucket = {name: f"arn:aws:s3:::{found.netloc}" for name, found in where.items()}
    below = {name: f"{bucket[name]}{found.path}*" for name, found in where.items()}
    prefix = {name: found.path[1:] for name, found in where.items()}
    arn = "arn:aws:{}:{}:{}:{}".format
    statements = [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [bucket["script"] + where["script"].path]},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [below["reads"], below["writes"]]},
        {"Effect": "Allow", "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": [below["writes"]]},
    ]
    for name in ("reads", "writes"):
        only = {"StringLike": {"s3:prefix": [prefix[name] + "*"]}}
        statements.append({"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [bucket[name]], "Condition": only})
    place = job["region"], job["account"]
    tree = [
        arn("glue", *place, "catalog"),
        arn("glue", *place, "database/" + job["database"]),
        arn("glue", *place, "table/" + job["database"] + "/" + job["table"]),
    ]
    calls = ["GetDatabase", "GetTable", "GetPartitions", "BatchCreatePartition"]
    statements.append({"Effect": "Allow", "Action": [f"glue:{call}" for call in calls], "Resource": tree})
    groups = arn("logs", *place, "log-group:/aws-glue/*")
    calls = ["CreateLogGroup", "CreateLogStream", "PutLogEvents"]
    statements.append({"Effect": "Allow", "Action": [f"logs:{call}" for call in calls], "Resource": groups})
    role = f"arn:aws:iam::{job['account']}:role/{job['role']}"
    to_glue = {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}
    own = {"StringEquals": {"aws:SourceAccount": job["account"]}}
    may_become = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": own}
    version = {"Version": "2012-10-17"}
    return {
        "trust": {**version, "Statement": may_become},
        "permissions": {**version, "Statement": statements},
        "pass": {**version, "Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": role, "Condition": to_glue}},
    }
