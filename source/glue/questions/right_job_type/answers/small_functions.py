def is_small(card):
    return card["reads"] == "files" and card["megabytes"] <= 1000


def command_of(card):
    if is_small(card):
        return {"Name": "pythonshell", "PythonVersion": "3.9", "ScriptLocation": card["script"]}
    return {"Name": {"files": "glueetl", "stream": "gluestreaming"}[card["reads"]], "ScriptLocation": card["script"]}


def size_of(card):
    if is_small(card):
        return dict(MaxCapacity=[1.0, 0.0625][card["megabytes"] <= 100])
    full, rest = divmod(card["megabytes"], 50_000)
    number = 2 if card["reads"] == "stream" else full + bool(rest) + 1
    return dict(GlueVersion="6.0", WorkerType="G.1X", NumberOfWorkers=number)


def right_job_type(card):
    job = dict(Name=card["name"], Role=card["role"], Command=command_of(card), MaxRetries=1 * card["repeatable"], **size_of(card))
    job["DefaultArguments"] = {"--" + name: str(value) for name, value in card["arguments"].items()}
    if card["reads"] == "files":
        job["Timeout"] = 2 * card["minutes"]
    return job
