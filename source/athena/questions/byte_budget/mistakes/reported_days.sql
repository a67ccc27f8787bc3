-- Only the files of the three days are read, without the parcels that were reported later. A file's day is not the day on which a parcel left.
-- breaks: late reports
SELECT warehouse, count(*) AS parcels, sum(weight_kg) AS kilograms
FROM shipments
WHERE day BETWEEN '2026-11-02' AND '2026-11-04' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00'
GROUP BY warehouse
