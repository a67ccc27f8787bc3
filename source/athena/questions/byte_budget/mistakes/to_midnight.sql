-- The last day ends too early, before its last parcels were shipped. Expected was everything before the first moment of the 5th.
-- breaks: shipped days
SELECT warehouse, count(*) AS parcels, sum(weight_kg) AS kilograms
FROM shipments
WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at BETWEEN TIMESTAMP '2026-11-02 00:00:00' AND TIMESTAMP '2026-11-04 00:00:00' OR day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at > TIMESTAMP '2026-11-04 00:00:00' AND shipped_at <= TIMESTAMP '2026-11-04 22:00:00'
GROUP BY warehouse
