# The example of the prompt was written into the table. The files of the folder were to be loaded.
def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE products (sku VARCHAR, name VARCHAR, price NUMBER(10, 2), added DATE)")
    cursor.execute("INSERT INTO products VALUES ('10417', 'Trowel', 12.90, '2026-11-02'), ('10418', 'Gloves, leather', NULL, '2026-11-02')")
    return 2
