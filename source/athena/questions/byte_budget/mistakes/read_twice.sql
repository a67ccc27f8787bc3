-- The table is read once for the parcels and once for their weight; one pass gives both.
-- breaks: budget
WITH p AS (SELECT warehouse, count(*) AS parcels FROM shipments WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00' GROUP BY 1),
w AS (SELECT warehouse, sum(weight_kg) AS kilograms FROM shipments WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00' GROUP BY 1)
SELECT p.warehouse, parcels, kilograms FROM p JOIN w ON p.warehouse = w.warehouse
