# Rows whose file has gone from the bucket have gone from the table, too. The table was made anew by each call.
# breaks: rows stay
def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE OR REPLACE TABLE products (sku VARCHAR, name VARCHAR, price NUMBER(10, 2), added DATE)")
    cursor.execute(f"CREATE STAGE IF NOT EXISTS supplier_files URL = '{url}' FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"')")
    cursor.execute("COPY INTO products FROM @supplier_files PATTERN = '.*[.]csv([.]gz)?'")
    return sum(row[3] for row in cursor.fetchall() if len(row) > 1)
