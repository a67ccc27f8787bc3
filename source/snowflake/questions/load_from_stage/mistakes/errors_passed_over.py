# A file had a row that cannot be loaded, and the others were loaded without an error. Look at ON_ERROR: here nothing was to be loaded.
# breaks: all or nothing
def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS products (sku VARCHAR, name VARCHAR, price NUMBER(10, 2), added DATE)")
    cursor.execute(f"CREATE STAGE IF NOT EXISTS supplier_files URL = '{url}' FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"')")
    cursor.execute("COPY INTO products FROM @supplier_files ON_ERROR = CONTINUE PATTERN = '.*[.]csv([.]gz)?'")
    return sum(row[3] for row in cursor.fetchall() if len(row) > 1)
