-- Why a licence stands where it stands, append-only: training completed, an assessment, a supervised
-- delivery looked at by the mentor, deliveries taught, refreshers, versions of the pack taken up.
CREATE TABLE licence_ground (
    id BLOB PRIMARY KEY,
    licence_id BLOB NOT NULL REFERENCES licence (id),
    kind TEXT NOT NULL CHECK (kind IN ('trained', 'assessed', 'signed_off', 'taught', 'refreshed', 'taken_up')),
    -- When it happened: the last day of a delivery, the moment of a decision.
    at TEXT NOT NULL,
    -- Whether it counts: not an assessment that was not passed, a sign-off that asks for another delivery,
    -- or a delivery taught without a licence and without a licensed lead.
    met INTEGER NOT NULL DEFAULT TRUE,
    delivery_id BLOB REFERENCES delivery (id),
    -- The major version of the pack that it was done with.
    major INTEGER,
    by_id BLOB REFERENCES person (id),
    by_name TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX licence_ground_licence ON licence_ground (licence_id, at, id);
CREATE INDEX licence_ground_delivery ON licence_ground (delivery_id);
-- What jobs write bears being written twice.
CREATE UNIQUE INDEX licence_ground_once ON licence_ground (licence_id, kind, delivery_id)
    WHERE kind IN ('trained', 'taught', 'refreshed');

-- Which letters went out: each once.
CREATE TABLE licence_letter (
    licence_id BLOB NOT NULL REFERENCES licence (id),
    kind TEXT NOT NULL,
    -- What tells one occasion from the next: a day, a version, a delivery.
    about TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    PRIMARY KEY (licence_id, kind, about)
) STRICT;

-- What trainers of a course are assessed by. Never changed: a new one has the next number.
CREATE TABLE rubric (
    id BLOB PRIMARY KEY,
    course_id BLOB NOT NULL REFERENCES course (id),
    number INTEGER NOT NULL CHECK (number > 0),
    -- Scores go from 1 to this.
    scale INTEGER NOT NULL CHECK (scale BETWEEN 2 AND 10),
    -- The mean that is expected, in hundredths, and from what difference on assessors disagree.
    pass_mark INTEGER NOT NULL,
    spread INTEGER NOT NULL CHECK (spread >= 1),
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL DEFAULT '',
    UNIQUE (course_id, number)
) STRICT;

CREATE TABLE rubric_criterion (
    id BLOB PRIMARY KEY,
    rubric_id BLOB NOT NULL REFERENCES rubric (id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    weight INTEGER NOT NULL CHECK (weight > 0),
    -- What each score means, a line each, from 1 on.
    levels TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX rubric_criterion_rubric ON rubric_criterion (rubric_id, position);

-- A practical delivery of a candidate, as several people saw it.
CREATE TABLE assessment (
    id BLOB PRIMARY KEY,
    licence_id BLOB NOT NULL REFERENCES licence (id),
    rubric_id BLOB NOT NULL REFERENCES rubric (id),
    delivery_id BLOB REFERENCES delivery (id),
    -- The session or module that was taught, in words.
    part TEXT NOT NULL DEFAULT '',
    held_on TEXT,
    outcome TEXT CHECK (outcome IN ('passed', 'not_passed')),
    reason TEXT NOT NULL DEFAULT '',
    -- Whether the candidate reads the assessors' notes, without their names.
    released INTEGER NOT NULL DEFAULT FALSE,
    decided_at TEXT,
    decided_by BLOB REFERENCES person (id),
    decided_by_name TEXT NOT NULL DEFAULT '',
    invented INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL DEFAULT '',
    CHECK ((outcome IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE INDEX assessment_licence ON assessment (licence_id, created_at);
CREATE UNIQUE INDEX assessment_open ON assessment (licence_id) WHERE outcome IS NULL;

CREATE TABLE assessor (
    assessment_id BLOB NOT NULL REFERENCES assessment (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('peer', 'expert')),
    remark TEXT NOT NULL DEFAULT '',
    -- Scores can be changed until then, and are nobody else's business.
    sent_at TEXT,
    PRIMARY KEY (assessment_id, person_id)
) STRICT;
CREATE INDEX assessor_person ON assessor (person_id);

CREATE TABLE assessment_score (
    assessment_id BLOB NOT NULL REFERENCES assessment (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    criterion_id BLOB NOT NULL REFERENCES rubric_criterion (id),
    score INTEGER CHECK (score >= 1),
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (assessment_id, person_id, criterion_id)
) STRICT;
