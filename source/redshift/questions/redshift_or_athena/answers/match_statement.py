def redshift_or_athena(card):
    days, billed = card["days"], 0
    for _ in range(card["queries"] - card["failed"]):
        billed += max(10, card["megabytes"])
    usd = dict(athena=days * billed * 5e-6, redshift=0.0)
    usd["redshift"] = 0.375 * card["rpus"] * days * sum(60 if s <= 60 else s for s in card["spells"]) / 60 / 60
    match card:
        case {"transactions": True}:
            reason = "transactions"
        case {"within_seconds": seconds} if seconds < 1:
            reason = "latency"
        case _:
            reason = "cost"
    engine = "athena" if reason == "cost" and usd["athena"] < usd["redshift"] else "redshift"
    return dict(engine=engine, usd=usd, reason=reason)
