# The example's job is returned for every card. Look at what of it comes from the card.
def right_job_type(card):
    return {
        "Name": "fx_rates",
        "Role": "wrenfield",
        "Command": {"Name": "pythonshell", "ScriptLocation": "s3://wrenfield-jobs/fx.py", "PythonVersion": "3.9"},
        "MaxCapacity": 0.0625,
        "Timeout": 6,
        "MaxRetries": 1,
        "DefaultArguments": {"--source": "s3://wrenfield-raw/fx/", "--target": "s3://wrenfield-curated/fx/"},
    }
