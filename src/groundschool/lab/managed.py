"""AWS's own policies that ministack lacks and a question asks for, as AWS's "Managed Policy Reference" has them."""

from __future__ import annotations

import json

GLUE_SERVICE = "service-role/AWSGlueServiceRole"
MANAGED = {
    GLUE_SERVICE: (
        "Policy for AWS Glue service role which allows access to related services including EC2, S3, and Logs",
        [
            {
                "Effect": "Allow",
                "Action": [
                    *("glue:*", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListAllMyBuckets", "s3:GetBucketAcl"),
                    *("ec2:DescribeVpcEndpoints", "ec2:DescribeRouteTables", "ec2:CreateNetworkInterface"),
                    *("ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"),
                    *("ec2:DescribeSubnets", "ec2:DescribeVpcAttribute", "iam:ListRolePolicies", "iam:GetRole"),
                    *("iam:GetRolePolicy", "cloudwatch:PutMetricData"),
                ],
                "Resource": ["*"],
            },
            {"Effect": "Allow", "Action": ["s3:CreateBucket"], "Resource": ["arn:aws:s3:::aws-glue-*"]},
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                "Resource": ["arn:aws:s3:::aws-glue-*/*", "arn:aws:s3:::*/*aws-glue-*/*"],
            },
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::crawler-public*", "arn:aws:s3:::aws-glue-*"],
            },
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": ["arn:aws:logs:*:*:*:/aws-glue/*"],
            },
        ],
    ),
}


def add() -> None:
    """Adds them to ministack's."""
    from ministack.services import iam

    for name, (description, statements) in MANAGED.items():
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        arn = f"arn:aws:iam::aws:policy/{name}"
        iam._aws_managed_policies[arn] = iam._make_aws_managed_record(name, document, description)
