# Files were loaded straight from S3. A named external stage SUPPLIER_FILES for the folder was expected to be there afterwards.
# breaks: stage
def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS products (sku VARCHAR, name VARCHAR, price NUMBER(10, 2), added DATE)")
    cursor.execute(f"COPY INTO products FROM '{url}' PATTERN = '.*[.]csv([.]gz)?' FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"')")
    return sum(row[3] for row in cursor.fetchall() if len(row) > 1)
