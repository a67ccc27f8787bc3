from datetime import datetime


def which_component_broke(seen):
    health = seen["health"]
    if not health:
        return "api_server"
    if health["metadatabase"]["status"] != "healthy":
        return "metadatabase"

    def moment(text):
        return datetime.fromisoformat(text.replace("Z", "+00:00"))

    def down(name):
        part = health[name]
        if part["status"] != "healthy":
            return True
        return (moment(seen["at"]) - moment(part[f"latest_{name}_heartbeat"])).total_seconds() > 30

    if down("scheduler"):
        return "scheduler"
    if down("dag_processor"):
        return "dag_processor"
    if health["triggerer"]["status"] is None:
        if seen["tasks"]["deferred"] > 0:
            return "triggerer"
    elif down("triggerer"):
        return "triggerer"
    if len(seen["import_errors"]) > 0:
        return "dag_file"
    if seen["tasks"]["queued"] > 0 and seen["tasks"]["running"] == 0:
        return "worker"
