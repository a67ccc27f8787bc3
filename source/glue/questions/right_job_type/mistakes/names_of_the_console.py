# The job's kind is given by a name that Glue does not know. Look at the names of `Command` in boto3's reference.
def right_job_type(card):
    job = {
        "Name": card["name"],
        "Role": card["role"],
        "Command": {"ScriptLocation": card["script"]},
        "MaxRetries": 1 if card["repeatable"] else 0,
        "DefaultArguments": {f"--{name}": value for name, value in card["arguments"].items()},
    }
    if card["reads"] == "files":
        job["Timeout"] = 2 * card["minutes"]
        if card["megabytes"] <= 1000:
            job["Command"] |= {"Name": "Python shell", "PythonVersion": "3.9"}
            return job | {"MaxCapacity": 0.0625 if card["megabytes"] <= 100 else 1.0}
    job["Command"]["Name"] = "Spark Streaming" if card["reads"] == "stream" else "Spark"
    workers = 2 if card["reads"] == "stream" else -(-card["megabytes"] // 50_000) + 1
    return job | {"GlueVersion": "6.0", "WorkerType": "G.1X", "NumberOfWorkers": workers}
