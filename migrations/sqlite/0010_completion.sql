-- The outcome by rule, kept so that lists need not recompute it.
CREATE TABLE completion (
    enrolment_id BLOB PRIMARY KEY REFERENCES enrolment (id),
    attended_minutes INTEGER NOT NULL,
    programme_minutes INTEGER NOT NULL,
    items_done INTEGER NOT NULL,
    items_required INTEGER NOT NULL,
    met INTEGER NOT NULL,
    looked_at TEXT NOT NULL
) STRICT;

CREATE TABLE certificate (
    id BLOB PRIMARY KEY,
    enrolment_id BLOB NOT NULL REFERENCES enrolment (id),
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('attendance', 'achievement', 'trainer')),
    language TEXT NOT NULL,
    -- What it says, as on the day of issue.
    person_name TEXT NOT NULL,
    course_title TEXT NOT NULL,
    institution_name TEXT NOT NULL,
    area_code TEXT,
    place TEXT NOT NULL,
    starts_on TEXT,
    ends_on TEXT,
    minutes INTEGER NOT NULL,
    issued_at TEXT NOT NULL,
    name_public INTEGER NOT NULL DEFAULT FALSE,
    revoked_at TEXT,
    revoked_reason TEXT NOT NULL DEFAULT '',
    file_id BLOB REFERENCES file (id)
) STRICT;
-- One that stands for each place; those taken back stay beside it, so that their codes still say so.
CREATE UNIQUE INDEX certificate_standing ON certificate (enrolment_id) WHERE revoked_at IS NULL;
CREATE INDEX certificate_enrolment ON certificate (enrolment_id);
