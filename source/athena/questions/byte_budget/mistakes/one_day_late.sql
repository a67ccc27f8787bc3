-- Parcels that were reported two days later are missing; the last of them stand in the files of the 6th.
-- breaks: late reports
SELECT warehouse, count(*) AS parcels, sum(weight_kg) AS kilograms
FROM shipments
WHERE day BETWEEN '2026-11-02' AND '2026-11-05' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00'
GROUP BY warehouse
