# Files of another folder, whose name begins like this one's, are in the table. A stage's URL is a prefix: look at how it ends.
# breaks: folder
def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS products (sku VARCHAR, name VARCHAR, price NUMBER(10, 2), added DATE)")
    cursor.execute(f"CREATE STAGE IF NOT EXISTS supplier_files URL = '{url.rstrip('/')}' FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"')")
    cursor.execute("COPY INTO products FROM @supplier_files PATTERN = '.*[.]csv([.]gz)?'")
    return sum(row[3] for row in cursor.fetchall() if len(row) > 1)
