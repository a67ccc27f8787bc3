# Of the events of an order any one is kept: `dropDuplicates` does not say which, also behind an `orderBy`. Expected was the one with the latest time.
def update_latest(state, batch):
    return state.unionByName(batch).coalesce(1).dropDuplicates(["order_id"])
