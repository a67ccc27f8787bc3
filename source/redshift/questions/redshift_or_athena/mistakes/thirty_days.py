# Every month has 30 days of work. The card says on how many the workload runs.
# breaks: a month
def redshift_or_athena(card):
    scanned = (card["queries"] - card["failed"]) * max(card["megabytes"], 10) * 30
    seconds = sum(max(spell, 60) for spell in card["spells"]) * 30
    usd = {"athena": scanned / 1_000_000 * 5.0, "redshift": seconds / 3600 * card["rpus"] * 0.375}
    if card["transactions"]:
        engine, reason = "redshift", "transactions"
    elif card["within_seconds"] < 1:
        engine, reason = "redshift", "latency"
    else:
        engine, reason = min(usd, key=usd.get), "cost"
    return {"engine": engine, "reason": reason, "usd": usd}
