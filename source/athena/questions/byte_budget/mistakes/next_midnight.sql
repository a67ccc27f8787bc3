-- The first moment of the 5th is taken in with BETWEEN, which holds both its ends.
-- breaks: shipped days
SELECT warehouse, count(*) AS parcels, sum(weight_kg) AS kilograms
FROM shipments
WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at BETWEEN TIMESTAMP '2026-11-02 00:00:00' AND TIMESTAMP '2026-11-05 00:00:00'
GROUP BY warehouse
