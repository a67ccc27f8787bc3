import math

KINDS = {
    "shell": lambda card: {"MaxCapacity": 1 / 16 if card["megabytes"] <= 100 else 1},
    "spark": lambda card: workers(math.ceil(card["megabytes"] / 50_000) + 1),
    "stream": lambda card: workers(2),
}
COMMANDS = {
    "shell": {"Name": "pythonshell", "PythonVersion": "3.9"},
    "spark": {"Name": "glueetl", "PythonVersion": "3"},
    "stream": {"Name": "gluestreaming", "PythonVersion": "3"},
}


def workers(number):
    return {"GlueVersion": "6.0", "WorkerType": "G.1X", "NumberOfWorkers": number}


def right_job_type(card):
    kind = "stream" if card["reads"] == "stream" else "shell" if card["megabytes"] <= 1000 else "spark"
    timeout = {} if card["minutes"] is None else {"Timeout": card["minutes"] * 2}
    return {
        "Name": card["name"],
        "Role": card["role"],
        "Command": {"ScriptLocation": card["script"], **COMMANDS[kind]},
        "DefaultArguments": dict(zip(("--" + name for name in card["arguments"]), card["arguments"].values())),
        "MaxRetries": int(card["repeatable"]),
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        **timeout,
        **KINDS[kind](card),
    }
