def load_from_stage(connection, url):
    cursor = connection.cursor()
    for statement in (
        "create table if not exists products (sku varchar(40), name varchar(200), price decimal(10,2), added date)",
        f"create stage if not exists supplier_files url = '{url}'",
    ):
        cursor.execute(statement)
    found = cursor.execute("""
        copy into products (sku, name, price, added)
        from (select $1, $2, $3::number(10,2), $4::date from @supplier_files)
        file_format = (type = 'CSV', skip_header = 1, field_optionally_enclosed_by = '"')
        pattern = '.*([.]csv|[.]csv[.]gz)$'
    """).fetchall()
    return sum(row[3] for row in found if len(row) > 3)
