import pendulum
from airflow.sdk import DAG, task

with DAG("daily_orders", schedule="00 05 * * *", start_date=pendulum.datetime(2026, 11, 1, tz="UTC"), catchup=False, default_args={"retries": 2}) as made:

    @task
    def land(logical_date=None):
        import boto3

        day = logical_date.to_date_string()
        s3 = boto3.resource("s3")
        s3.Bucket("wrenfield-lake").put_object(Key=f"landing/{day}.csv", Body=s3.Object("wrenfield-suppliers", f"orders/{day}.csv").get()["Body"].read())

    @task
    def check(day):
        import boto3

        head, *rows = boto3.client("s3").get_object(Bucket="wrenfield-lake", Key=f"landing/{day}.csv")["Body"].iter_lines()
        if not any(rows):
            raise ValueError(day)

    @task
    def load(day):
        import boto3

        s3 = boto3.client("s3")
        s3.put_object(Bucket="wrenfield-lake", Key=f"orders/day={day}/orders.csv", Body=s3.get_object(Bucket="wrenfield-lake", Key=f"landing/{day}.csv")["Body"].read())

    land().set_downstream(first := check("{{ ds }}"))
    first.set_downstream(load("{{ ds }}"))
