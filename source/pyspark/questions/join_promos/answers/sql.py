def join_promos(items, promos):
    return items.sparkSession.sql(
        """
        with salted as (select *, item_id % 12 as salt from {items}),
        every as (select * from {promos} lateral view explode(sequence(0, 11)) as salt)
        select s.item_id, s.sku, e.promo_id, e.percent from salted s join every e on e.sku = s.sku and e.salt = s.salt
        """,
        items=items,
        promos=promos,
    )
