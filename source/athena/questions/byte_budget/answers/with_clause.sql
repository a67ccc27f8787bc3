WITH shipped AS (
    SELECT warehouse, weight_kg
    FROM shipments
    -- partitions: reported on the day of shipping or up to two days later
    WHERE day BETWEEN '2026-11-02' AND '2026-11-06'
      AND CAST(shipped_at AS date) BETWEEN DATE '2026-11-02' AND DATE '2026-11-04'
)
SELECT warehouse,
       COUNT(*) AS parcels,
       SUM(weight_kg) AS kilograms
FROM shipped
GROUP BY warehouse
