# A file that had been loaded was loaded again. Look at what FORCE does to the table's memory of files.
# breaks: once
def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS products (sku VARCHAR, name VARCHAR, price NUMBER(10, 2), added DATE)")
    cursor.execute(f"CREATE STAGE IF NOT EXISTS supplier_files URL = '{url}' FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"')")
    cursor.execute("COPY INTO products FROM @supplier_files FORCE = TRUE PATTERN = '.*[.]csv([.]gz)?'")
    return sum(row[3] for row in cursor.fetchall() if len(row) > 1)
