-- Only the time is asked for, and it stands in the files: all days are read to find it. A condition on the partition key leaves days out before they are read.
-- breaks: budget
SELECT warehouse, count(*) AS parcels, sum(weight_kg) AS kilograms
FROM shipments
WHERE shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00'
GROUP BY warehouse
