# The reason given is the latency where the workload needs transactions, too. Look at which reason counts whatever else holds.
# breaks: transactions
def redshift_or_athena(card):
    scanned = (card["queries"] - card["failed"]) * max(card["megabytes"], 10) * card["days"]
    seconds = sum(max(spell, 60) for spell in card["spells"]) * card["days"]
    usd = {"athena": scanned / 1_000_000 * 5.0, "redshift": seconds / 3600 * card["rpus"] * 0.375}
    if card["within_seconds"] < 1:
        engine, reason = "redshift", "latency"
    elif card["transactions"]:
        engine, reason = "redshift", "transactions"
    else:
        engine, reason = min(usd, key=usd.get), "cost"
    return {"engine": engine, "reason": reason, "usd": usd}
