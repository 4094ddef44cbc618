-- A small number for each person who ever took part, so that who took part in a delivery is a short
-- list, and who took part in thousands of them is counted, each once, in milliseconds.
CREATE TABLE person_number (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    number INTEGER NOT NULL UNIQUE CHECK (number >= 0)
) STRICT;

-- The attendance of a delivery in one row, kept by a job. `persons` holds the numbers of those who
-- took part, four bytes each, the lowest first.
CREATE TABLE attendance_sum (
    delivery_id BLOB PRIMARY KEY REFERENCES delivery (id),
    places INTEGER NOT NULL,
    participations INTEGER NOT NULL,
    delivered_minutes INTEGER NOT NULL,
    possible_minutes INTEGER NOT NULL,
    attended_minutes INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    at_risk INTEGER NOT NULL,
    cannot_pass INTEGER NOT NULL,
    persons BLOB NOT NULL,
    looked_at TEXT NOT NULL
) STRICT;
