def right_job_type(card):
    command = {"ScriptLocation": card["script"]}
    job = {"Name": card["name"], "Role": card["role"], "Command": command, "Description": f"reads {card['reads']}"}
    job["DefaultArguments"] = {}
    for name, value in card["arguments"].items():
        job["DefaultArguments"]["--" + name] = value
    job["MaxRetries"] = 0
    if card["repeatable"]:
        job["MaxRetries"] += 1
    match card["reads"], card["megabytes"]:
        case "stream", _:
            command["Name"] = "gluestreaming"
            job.update(GlueVersion="6.0", WorkerType="G.1X", NumberOfWorkers=2)
        case "files", size if size > 1000:
            command["Name"] = "glueetl"
            job.update(GlueVersion="6.0", WorkerType="G.1X", NumberOfWorkers=1 + (size + 49_999) // 50_000, Timeout=card["minutes"] + card["minutes"])
        case "files", size:
            command.update(Name="pythonshell", PythonVersion="3.9")
            job.update(MaxCapacity=1.0 if size > 100 else 0.0625, Timeout=card["minutes"] + card["minutes"])
    return job
