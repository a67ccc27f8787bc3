# The 10 MB were taken for the least of all queries together. They are the least of each.
# breaks: least scan
def redshift_or_athena(card):
    scanned = (max((card["queries"] - card["failed"]) * card["megabytes"], 10) if card["queries"] > card["failed"] else 0) * card["days"]
    seconds = sum(max(spell, 60) for spell in card["spells"]) * card["days"]
    usd = {"athena": scanned / 1_000_000 * 5.0, "redshift": seconds / 3600 * card["rpus"] * 0.375}
    if card["transactions"]:
        engine, reason = "redshift", "transactions"
    elif card["within_seconds"] < 1:
        engine, reason = "redshift", "latency"
    else:
        engine, reason = min(usd, key=usd.get), "cost"
    return {"engine": engine, "reason": reason, "usd": usd}
