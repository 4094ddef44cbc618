-- Self check-in of a half-day: its codes are made from the secret and the time.
CREATE TABLE check_in (
    slot_id BLOB PRIMARY KEY REFERENCES slot (id) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    -- Minutes after the beginning and before the end that cost nobody anything.
    tolerance INTEGER NOT NULL CHECK (tolerance BETWEEN 0 AND 60),
    open INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    opened_by BLOB NOT NULL REFERENCES person (id)
) STRICT;
