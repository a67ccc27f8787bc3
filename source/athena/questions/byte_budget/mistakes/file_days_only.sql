-- Which days the files are of decides, and not when a parcel was shipped: parcels of the 1st and the 5th are counted, too.
SELECT warehouse, count(*) AS parcels, sum(weight_kg) AS kilograms
FROM shipments
WHERE day BETWEEN '2026-11-02' AND '2026-11-06'
GROUP BY warehouse
