from math import ceil


def right_job_type(card):
    size, streams = card["megabytes"], card["reads"] == "stream"
    command = {"ScriptLocation": card["script"]}
    job = {
        "Name": card["name"],
        "Role": card["role"],
        "Command": command,
        "MaxRetries": 1 if card["repeatable"] else 0,
        "DefaultArguments": {f"--{name}": value for name, value in card["arguments"].items()},
    }
    if not streams:
        job["Timeout"] = 2 * card["minutes"]
    if not streams and size <= 1_000:
        command |= {"Name": "pythonshell", "PythonVersion": "3.9"}
        job["MaxCapacity"] = 0.0625 if size <= 100 else 1.0
    else:
        command |= {"Name": "gluestreaming" if streams else "glueetl", "PythonVersion": "3"}
        job |= {"GlueVersion": "6.0", "WorkerType": "G.1X", "NumberOfWorkers": 2 if streams else ceil(size / 50_000) + 1}
    return job
