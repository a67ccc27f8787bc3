def load_from_stage(connection, url):
    # How a price list is read is the stage's business; what to take, and what to do about errors, is COPY's.
    # The memory of what has been loaded is the table's: the stage may be replaced, the table must not be.
    quoted = url.replace("'", "''")
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS products (sku VARCHAR, name VARCHAR, price NUMBER(12, 2), added DATE)")
    cursor.execute(f"""
        CREATE OR REPLACE STAGE supplier_files
        URL = '{quoted}'
        FILE_FORMAT = (
            TYPE = CSV
            COMPRESSION = AUTO
            SKIP_HEADER = 1
            FIELD_OPTIONALLY_ENCLOSED_BY = '"'
            ESCAPE_UNENCLOSED_FIELD = NONE
            EMPTY_FIELD_AS_NULL = TRUE
        )
    """)
    cursor.execute("""
        COPY INTO products
        FROM @supplier_files
        PATTERN = '.*[.]csv([.]gz)?'
        ON_ERROR = ABORT_STATEMENT
    """)
    names = [column[0].lower() for column in cursor.description]
    files = [dict(zip(names, row)) for row in cursor.fetchall()]
    # Where there was nothing to load, COPY answers with one row that has nothing but a status.
    return sum(int(file.get("rows_loaded") or 0) for file in files)
