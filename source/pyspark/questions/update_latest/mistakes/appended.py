# The events of the batch are appended to the state, so an order has a row for each of them. One row for each order was expected.
def update_latest(state, batch):
    return state.unionByName(batch).distinct()
