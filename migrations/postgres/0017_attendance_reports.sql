-- A small number for each person who ever took part, so that who took part in a delivery is a short
-- list, and who took part in thousands of them is counted, each once, in milliseconds.
CREATE TABLE person_number (
    person_id UUID PRIMARY KEY REFERENCES person (id),
    number BIGINT NOT NULL UNIQUE CHECK (number >= 0)
);

-- The attendance of a delivery in one row, kept by a job. `persons` holds the numbers of those who
-- took part, four bytes each, the lowest first.
CREATE TABLE attendance_sum (
    delivery_id UUID PRIMARY KEY REFERENCES delivery (id),
    places BIGINT NOT NULL,
    participations BIGINT NOT NULL,
    delivered_minutes BIGINT NOT NULL,
    possible_minutes BIGINT NOT NULL,
    attended_minutes BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    at_risk BIGINT NOT NULL,
    cannot_pass BIGINT NOT NULL,
    persons BYTEA NOT NULL,
    looked_at TIMESTAMPTZ NOT NULL
);
