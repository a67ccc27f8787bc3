"""Names of products that a claim may be about, by mistake or for comparison."""

from __future__ import annotations

from groundschool.checks.rubric.stems import stems_of

PRODUCTS = stems_of(
    "airflow athena aurora azure bigquery blob cassandra cloudwatch dagster databricks dataproc dbt dynamodb ebs ec2 ecs efs "
    "emr elasticsearch firehose flink gcs glacier glue google hdfs hive jenkins kafka kinesis kubernetes lambda luigi minio "
    "mongodb mysql oracle postgres prefect presto quicksight rds redis redshift s3 sagemaker snowflake snowpipe adls clickhouse "
    "sns sqs synapse teradata trino spectrum msk dms fsx opensearch documentdb elasticache nifi talend informatica "
    "fivetran dataflow druid mariadb sqlite duckdb gmail dropbox neptune timestream lightsail snowball stepfunctions datafactory sqlserver composer oozie azkaban argo "
    "impala cosmosdb bigtable spanner ceph hbase vertica greenplum netezza matillion airbyte rabbitmq eventbridge"
)
