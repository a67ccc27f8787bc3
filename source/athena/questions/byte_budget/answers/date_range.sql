select s.warehouse, count(*) as parcels, sum(s.weight_kg) as kilograms
from shipments as s
where date(s.day) between date '2026-11-02' and date '2026-11-04' + interval '2' day
  and date_trunc('day', s.shipped_at) between timestamp '2026-11-02' and timestamp '2026-11-04'
group by s.warehouse
order by s.warehouse
