import datetime as dt


def seconds(seen, name):
    beat = seen["health"][name][f"latest_{name}_heartbeat"]
    return (dt.datetime.fromisoformat(seen["at"]) - dt.datetime.fromisoformat(beat)) / dt.timedelta(seconds=1) if beat else float("inf")


def which_component_broke(seen):
    match seen:
        case {"health": None}:
            return "api_server"
        case {"health": {"metadatabase": {"status": status}}} if status != "healthy":
            return "metadatabase"
    for name in ["scheduler", "dag_processor", "triggerer"]:
        match seen["health"][name]["status"]:
            case "healthy" if seconds(seen, name) <= 30:
                pass
            case None if name == "triggerer" and not seen["tasks"]["deferred"]:
                pass
            case _:
                return name
    match seen:
        case {"import_errors": [_, *_]}:
            return "dag_file"
        case {"tasks": {"queued": queued, "running": 0}} if queued:
            return "worker"
