-- The outcome by rule, kept so that lists need not recompute it.
CREATE TABLE completion (
    enrolment_id UUID PRIMARY KEY REFERENCES enrolment (id),
    attended_minutes BIGINT NOT NULL,
    programme_minutes BIGINT NOT NULL,
    items_done BIGINT NOT NULL,
    items_required BIGINT NOT NULL,
    met BOOLEAN NOT NULL,
    looked_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE certificate (
    id UUID PRIMARY KEY,
    enrolment_id UUID NOT NULL REFERENCES enrolment (id),
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('attendance', 'achievement', 'trainer')),
    language TEXT NOT NULL,
    -- What it says, as on the day of issue.
    person_name TEXT NOT NULL,
    course_title TEXT NOT NULL,
    institution_name TEXT NOT NULL,
    area_code TEXT,
    place TEXT NOT NULL,
    starts_on DATE,
    ends_on DATE,
    minutes BIGINT NOT NULL,
    issued_at TIMESTAMPTZ NOT NULL,
    name_public BOOLEAN NOT NULL DEFAULT FALSE,
    revoked_at TIMESTAMPTZ,
    revoked_reason TEXT NOT NULL DEFAULT '',
    file_id UUID REFERENCES file (id)
);
-- One that stands for each place; those taken back stay beside it, so that their codes still say so.
CREATE UNIQUE INDEX certificate_standing ON certificate (enrolment_id) WHERE revoked_at IS NULL;
CREATE INDEX certificate_enrolment ON certificate (enrolment_id);
