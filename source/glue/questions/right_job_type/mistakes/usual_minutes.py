# The timeout is the usual time of a run: every other run would be stopped. It is twice that.
# breaks: timeout
def right_job_type(card):
    job = {
        "Name": card["name"],
        "Role": card["role"],
        "Command": {"ScriptLocation": card["script"]},
        "MaxRetries": 1 if card["repeatable"] else 0,
        "DefaultArguments": {f"--{name}": value for name, value in card["arguments"].items()},
    }
    if card["reads"] == "files":
        job["Timeout"] = card["minutes"]
        if card["megabytes"] <= 1000:
            job["Command"] |= {"Name": "pythonshell", "PythonVersion": "3.9"}
            return job | {"MaxCapacity": 0.0625 if card["megabytes"] <= 100 else 1.0}
    job["Command"]["Name"] = "gluestreaming" if card["reads"] == "stream" else "glueetl"
    workers = 2 if card["reads"] == "stream" else -(-card["megabytes"] // 50_000) + 1
    return job | {"GlueVersion": "6.0", "WorkerType": "G.1X", "NumberOfWorkers": workers}
