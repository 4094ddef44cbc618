-- From where one may check in by oneself: a network or a place. Of who checks in neither is kept.
CREATE TABLE check_in_limit (
    delivery_id BLOB PRIMARY KEY REFERENCES delivery (id),
    -- ';192.0.2.0/24;', or empty.
    networks TEXT NOT NULL DEFAULT '',
    -- Millionths of a degree, and metres around.
    latitude INTEGER CHECK (latitude BETWEEN -90000000 AND 90000000),
    longitude INTEGER CHECK (longitude BETWEEN -180000000 AND 180000000),
    radius INTEGER CHECK (radius > 0),
    CHECK ((latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (radius IS NULL))
) STRICT;
