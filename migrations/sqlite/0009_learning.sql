CREATE TABLE progress (
    enrolment_id BLOB NOT NULL REFERENCES enrolment (id),
    material_id BLOB NOT NULL REFERENCES material (id),
    opened_at TEXT NOT NULL,
    done_at TEXT,
    -- Where a recording was left, in seconds.
    position_seconds INTEGER NOT NULL DEFAULT 0 CHECK (position_seconds >= 0),
    touched_at TEXT NOT NULL,
    PRIMARY KEY (enrolment_id, material_id)
) STRICT;
