-- COPY INTO and its stages are Snowflake's. Redshift's COPY names a table, an address of S3 and a role.
COPY INTO orders FROM 's3://wrenfield-curated/orders/2026-11-02/' FILE_FORMAT = (TYPE = PARQUET);
