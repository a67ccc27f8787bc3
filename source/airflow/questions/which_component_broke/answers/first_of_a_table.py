from datetime import datetime, timedelta


def which_component_broke(seen):
    health, tasks = seen["health"] or {}, seen["tasks"]
    at = datetime.fromisoformat(seen["at"])

    def silent(name):
        beat = health.get(name, {}).get(f"latest_{name}_heartbeat")
        return beat is None or datetime.fromisoformat(beat) < at - timedelta(seconds=30)

    def ill(name):
        return health.get(name, {}).get("status") != "healthy" or silent(name)

    absent = health.get("triggerer", {}).get("status") is None
    table = [
        ("api_server", seen["health"] is None),
        ("metadatabase", health.get("metadatabase", {}).get("status") != "healthy"),
        ("scheduler", ill("scheduler")),
        ("dag_processor", ill("dag_processor")),
        ("triggerer", tasks["deferred"] > 0 if absent else ill("triggerer")),
        ("dag_file", bool(seen["import_errors"])),
        ("worker", tasks["queued"] > 0 and tasks["running"] == 0),
    ]
    return next((name for name, holds in table if holds), None)
