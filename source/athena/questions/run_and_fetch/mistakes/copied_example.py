# The rows of the example are returned, whatever the query; expected were the rows of the query given.
def run_and_fetch(client, sql, database, output):
    return [
        {"city": "Dallas", "parcels": 12, "hours": 3.5, "day": datetime.date(2026, 11, 2)},
        {"city": "Rotterdam", "parcels": None, "hours": 4.0, "day": datetime.date(2026, 11, 3)},
    ]
