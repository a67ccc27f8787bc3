def load_from_stage(connection, url):
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists PRODUCTS (SKU string, NAME string, PRICE number(12, 2), ADDED date)")
        cursor.execute("""create or replace file format price_list type = csv parse_header = false skip_header = 1
            field_delimiter = ',' field_optionally_enclosed_by = '"' empty_field_as_null = true""")
        cursor.execute(f"create or replace stage SUPPLIER_FILES url = '{url}' file_format = (format_name = 'price_list')")
        before = cursor.execute("select count(*) from PRODUCTS").fetchone()[0]
        cursor.execute(r"copy into PRODUCTS from @SUPPLIER_FILES pattern = '.*\\.csv(\\.gz)?' on_error = abort_statement")
        return cursor.execute("select count(*) from PRODUCTS").fetchone()[0] - before
