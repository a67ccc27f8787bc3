from datetime import datetime, timedelta


def which_component_broke(seen):
    health, tasks = seen["health"], seen["tasks"]
    now = datetime.fromisoformat(seen["at"])

    def down(name):
        part = health[name]
        status, beat = part["status"], part[f"latest_{name}_heartbeat"]
        if name == "triggerer" and status is None:
            return tasks["deferred"] > 0
        return status != "healthy" or (beat is not None and now - datetime.fromisoformat(beat) > timedelta(seconds=30))

    def findings():
        """What is wrong, what to look at first being first; asked no further than it is taken."""
        if health is None:
            yield "api_server"
        if health["metadatabase"]["status"] != "healthy":
            yield "metadatabase"
        yield from filter(down, ("scheduler", "dag_processor", "triggerer"))
        if seen["import_errors"]:
            yield "dag_file"
        if tasks["queued"] > 0 and not tasks["running"]:
            yield "worker"

    return next(findings(), None)
