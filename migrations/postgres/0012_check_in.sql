-- Self check-in of a half-day: its codes are made from the secret and the time.
CREATE TABLE check_in (
    slot_id UUID PRIMARY KEY REFERENCES slot (id) ON DELETE CASCADE,
    secret BYTEA NOT NULL,
    -- Minutes after the beginning and before the end that cost nobody anything.
    tolerance BIGINT NOT NULL CHECK (tolerance BETWEEN 0 AND 60),
    open BOOLEAN NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    opened_by UUID NOT NULL REFERENCES person (id)
);
