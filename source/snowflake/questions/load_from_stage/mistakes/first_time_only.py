# A file that came after the first call was not loaded. COPY itself knows which files are new.
# breaks: what is new
def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS products (sku VARCHAR, name VARCHAR, price NUMBER(10, 2), added DATE)")
    cursor.execute(f"CREATE STAGE IF NOT EXISTS supplier_files URL = '{url}' FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"')")
    if cursor.execute("SELECT count(*) FROM products").fetchone()[0]:
        return 0
    cursor.execute("COPY INTO products FROM @supplier_files PATTERN = '.*[.]csv([.]gz)?'")
    return sum(row[3] for row in cursor.fetchall() if len(row) > 1)
