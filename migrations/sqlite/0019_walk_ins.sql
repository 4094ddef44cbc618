-- People added at the door. Whoever turns out to be somebody known gets the known person's name; the
-- record says who decided it, and under which name they had been written down.
CREATE TABLE walk_in (
    enrolment_id BLOB PRIMARY KEY REFERENCES enrolment (id),
    name TEXT NOT NULL,
    added_by_name TEXT NOT NULL,
    added_at TEXT NOT NULL,
    matched_by_name TEXT NOT NULL DEFAULT '',
    matched_at TEXT
) STRICT;
