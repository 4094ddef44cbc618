-- The yearly duty of continuing education of a profession in an area, in hours, from a year on; none
-- any more where the hours are 0.
CREATE TABLE duty (
    id BLOB PRIMARY KEY,
    area_code TEXT NOT NULL REFERENCES area (code),
    profession TEXT NOT NULL CHECK (profession IN ('judge', 'prosecutor', 'investigator', 'police_officer', 'registrar', 'trainer', 'other')),
    from_year INTEGER NOT NULL CHECK (from_year BETWEEN 1900 AND 2200),
    hours INTEGER NOT NULL CHECK (hours BETWEEN 0 AND 1000),
    -- The law or decision it comes from.
    source TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL DEFAULT '',
    UNIQUE (area_code, profession, from_year)
) STRICT;

-- Minutes that a person attended of a delivery in a year at the venue, kept by the job that keeps
-- attendance_sum.
CREATE TABLE attendance_year (
    person_id BLOB NOT NULL REFERENCES person (id),
    year INTEGER NOT NULL,
    delivery_id BLOB NOT NULL REFERENCES delivery (id),
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    PRIMARY KEY (person_id, year, delivery_id)
) STRICT;
CREATE INDEX attendance_year_delivery ON attendance_year (delivery_id);
-- What was added up before is added up again, with the years.
UPDATE attendance_sum SET looked_at = '1970-01-01T00:00:00+00:00';
INSERT INTO job (id, kind, payload, state, run_at, created_at)
SELECT X'00000000000070008000000000000022', 'reporting.refresh', 'null', 'queued', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00'
WHERE EXISTS (SELECT 1 FROM attendance_sum);

-- How a half-day stood when it was last told; no times where it was not on the timetable. A letter
-- about what changed follows within minutes. Half-days may be removed meanwhile.
CREATE TABLE slot_notice (
    slot_id BLOB PRIMARY KEY,
    delivery_id BLOB NOT NULL REFERENCES delivery (id),
    starts_at TEXT,
    ends_at TEXT,
    room TEXT NOT NULL DEFAULT '',
    cancelled INTEGER NOT NULL DEFAULT FALSE
) STRICT;
CREATE INDEX slot_notice_delivery ON slot_notice (delivery_id);
-- The place that people were last told, while the letter about another one waits.
ALTER TABLE delivery ADD COLUMN told_place TEXT;

-- Who was told that the rule can no longer be met; forgotten where that is mended.
CREATE TABLE risk_notice (
    enrolment_id BLOB PRIMARY KEY REFERENCES enrolment (id),
    told_at TEXT NOT NULL
) STRICT;
-- Whom an institution writes to about it.
ALTER TABLE institution ADD COLUMN risk_letters TEXT NOT NULL DEFAULT 'both' CHECK (risk_letters IN ('both', 'participants', 'trainers', 'nobody'));
