from collections import Counter


def user_actions_robust(lines):
    actions, errors = Counter(), Counter()
    for row in lines.toLocalIterator():
        fields = row.value.split()
        for field in fields[3:]:
            key, _, value = field.partition("=")
            if key == "user" and value:
                actions[value] += 1
                errors[value] += fields[2].casefold() == "error"
    rows = [(user, count, errors[user]) for user, count in actions.items()]
    return lines.sparkSession.createDataFrame(rows, "user_id string, total_actions bigint, total_errors bigint")
