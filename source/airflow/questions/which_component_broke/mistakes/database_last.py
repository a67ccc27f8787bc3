# Where the database is down, another component is named, which only suffers from it.
# breaks: database first
def which_component_broke(seen):
    from datetime import datetime, timedelta

    health, tasks = seen["health"], seen["tasks"]
    if health is None:
        return "api_server"
    for name in ("scheduler", "dag_processor", "triggerer"):
        status, beat = health[name]["status"], health[name][f"latest_{name}_heartbeat"]
        if name == "triggerer" and status is None:
            if tasks["deferred"]:
                return name
            continue
        if status != "healthy" or beat is None:
            return name
        if datetime.fromisoformat(seen["at"]) - datetime.fromisoformat(beat) > timedelta(seconds=30):
            return name
    if health["metadatabase"]["status"] != "healthy":
        return "metadatabase"
    if seen["import_errors"]:
        return "dag_file"
    if tasks["queued"] and not tasks["running"]:
        return "worker"
    return None
