from decimal import Decimal
from fractions import Fraction


def redshift_or_athena(card):
    succeeded = card["queries"] - card["failed"]
    athena = Decimal(5) * succeeded * max(Decimal(10), Decimal(card["megabytes"])) * card["days"] / Decimal(10) ** 6
    seconds = sum(max(60, length) for length in card["spells"])
    redshift = Fraction(375, 1000) * card["rpus"] * Fraction(seconds, 3600) * card["days"]
    reasons = [name for name, holds in (("transactions", card["transactions"]), ("latency", card["within_seconds"] < 1), ("cost", True)) if holds]
    dearer = float(athena) > float(redshift)
    engine = ("athena", "redshift")[dearer or reasons[0] != "cost"]
    return {"engine": engine, "reason": reasons[0], "usd": {"athena": float(athena), "redshift": float(redshift)}}
