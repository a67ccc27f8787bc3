def load_from_stage(connection, url):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS PRODUCTS (SKU TEXT, NAME TEXT, PRICE NUMBER(10,2), ADDED DATE)")
    cursor.execute("CREATE STAGE IF NOT EXISTS SUPPLIER_FILES URL = %s", (url,))
    names = [row[0].removeprefix(url) for row in cursor.execute("LIST @SUPPLIER_FILES").fetchall()]
    wanted = [name for name in names if name.endswith((".csv", ".csv.gz"))]
    if not wanted:
        return 0
    listed = ", ".join("'" + name.replace("'", "''") + "'" for name in wanted)
    cursor.execute(f"""COPY INTO PRODUCTS FROM @SUPPLIER_FILES FILES = ({listed})
        FILE_FORMAT = (TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '"' SKIP_HEADER = 1)""")
    return sum(row[3] for row in cursor.fetchall() if len(row) > 1)
