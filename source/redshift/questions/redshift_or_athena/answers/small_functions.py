TB = 1e6
ATHENA_TB, RPU_HOUR = 5, 0.375


def athena(card):
    daily = (card["queries"] - card["failed"]) * (card["megabytes"] if card["megabytes"] >= 10 else 10)
    return daily / TB * ATHENA_TB * card["days"]


def redshift(card):
    hours = 0.0
    for spell in card["spells"]:
        hours += (60 if spell < 60 else spell) / 3600
    return hours * card["rpus"] * RPU_HOUR * card["days"]


def redshift_or_athena(card):
    costs = {"athena": float(athena(card)), "redshift": float(redshift(card))}
    if card["transactions"]:
        return {"engine": "redshift", "reason": "transactions", "usd": costs}
    if card["within_seconds"] < 1:
        return {"engine": "redshift", "reason": "latency", "usd": costs}
    return {"engine": "redshift" if costs["redshift"] < costs["athena"] else "athena", "reason": "cost", "usd": costs}
