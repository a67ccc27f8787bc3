SELECT warehouse, parcels, kilograms
FROM (
    SELECT warehouse,
           count(*) FILTER (WHERE shipped_at >= DATE '2026-11-02' AND shipped_at < DATE '2026-11-05') AS parcels,
           sum(weight_kg) FILTER (WHERE shipped_at >= DATE '2026-11-02' AND shipped_at < DATE '2026-11-05') AS kilograms
    FROM shipments
    WHERE day >= '2026-11-02' AND day <= '2026-11-06'
    GROUP BY warehouse
)
WHERE parcels > 0
