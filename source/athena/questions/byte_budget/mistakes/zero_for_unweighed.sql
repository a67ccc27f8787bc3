-- A warehouse whose parcels nobody weighed shows 0 kilograms, as if they weighed nothing. NULL was asked for.
-- breaks: unweighed parcels
SELECT warehouse, count(*) AS parcels, coalesce(sum(weight_kg), 0) AS kilograms
FROM shipments
WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00'
GROUP BY warehouse
