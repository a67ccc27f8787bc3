# Tasks wait while others run: the workers are busy, and nothing is broken.
# breaks: nobody takes them
def which_component_broke(seen):
    from datetime import datetime, timedelta

    health, tasks = seen["health"], seen["tasks"]
    if health is None:
        return "api_server"
    if health["metadatabase"]["status"] != "healthy":
        return "metadatabase"
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
    if seen["import_errors"]:
        return "dag_file"
    if tasks["queued"]:
        return "worker"
    return None
