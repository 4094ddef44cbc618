-- Why a licence stands where it stands, append-only: training completed, an assessment, a supervised
-- delivery looked at by the mentor, deliveries taught, refreshers, versions of the pack taken up.
CREATE TABLE licence_ground (
    id UUID PRIMARY KEY,
    licence_id UUID NOT NULL REFERENCES licence (id),
    kind TEXT NOT NULL CHECK (kind IN ('trained', 'assessed', 'signed_off', 'taught', 'refreshed', 'taken_up')),
    -- When it happened: the last day of a delivery, the moment of a decision.
    at TIMESTAMPTZ NOT NULL,
    -- Whether it counts: not an assessment that was not passed, a sign-off that asks for another delivery,
    -- or a delivery taught without a licence and without a licensed lead.
    met BOOLEAN NOT NULL DEFAULT TRUE,
    delivery_id UUID REFERENCES delivery (id),
    -- The major version of the pack that it was done with.
    major BIGINT,
    by_id UUID REFERENCES person (id),
    by_name TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    recorded_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX licence_ground_licence ON licence_ground (licence_id, at, id);
CREATE INDEX licence_ground_delivery ON licence_ground (delivery_id);
-- What jobs write bears being written twice.
CREATE UNIQUE INDEX licence_ground_once ON licence_ground (licence_id, kind, delivery_id)
    WHERE kind IN ('trained', 'taught', 'refreshed');

-- Which letters went out: each once.
CREATE TABLE licence_letter (
    licence_id UUID NOT NULL REFERENCES licence (id),
    kind TEXT NOT NULL,
    -- What tells one occasion from the next: a day, a version, a delivery.
    about TEXT NOT NULL,
    sent_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (licence_id, kind, about)
);

-- What trainers of a course are assessed by. Never changed: a new one has the next number.
CREATE TABLE rubric (
    id UUID PRIMARY KEY,
    course_id UUID NOT NULL REFERENCES course (id),
    number BIGINT NOT NULL CHECK (number > 0),
    -- Scores go from 1 to this.
    scale BIGINT NOT NULL CHECK (scale BETWEEN 2 AND 10),
    -- The mean that is expected, in hundredths, and from what difference on assessors disagree.
    pass_mark BIGINT NOT NULL,
    spread BIGINT NOT NULL CHECK (spread >= 1),
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL DEFAULT '',
    UNIQUE (course_id, number)
);

CREATE TABLE rubric_criterion (
    id UUID PRIMARY KEY,
    rubric_id UUID NOT NULL REFERENCES rubric (id),
    position BIGINT NOT NULL,
    title TEXT NOT NULL,
    weight BIGINT NOT NULL CHECK (weight > 0),
    -- What each score means, a line each, from 1 on.
    levels TEXT NOT NULL DEFAULT ''
);
CREATE INDEX rubric_criterion_rubric ON rubric_criterion (rubric_id, position);

-- A practical delivery of a candidate, as several people saw it.
CREATE TABLE assessment (
    id UUID PRIMARY KEY,
    licence_id UUID NOT NULL REFERENCES licence (id),
    rubric_id UUID NOT NULL REFERENCES rubric (id),
    delivery_id UUID REFERENCES delivery (id),
    -- The session or module that was taught, in words.
    part TEXT NOT NULL DEFAULT '',
    held_on DATE,
    outcome TEXT CHECK (outcome IN ('passed', 'not_passed')),
    reason TEXT NOT NULL DEFAULT '',
    -- Whether the candidate reads the assessors' notes, without their names.
    released BOOLEAN NOT NULL DEFAULT FALSE,
    decided_at TIMESTAMPTZ,
    decided_by UUID REFERENCES person (id),
    decided_by_name TEXT NOT NULL DEFAULT '',
    invented BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL DEFAULT '',
    CHECK ((outcome IS NULL) = (decided_at IS NULL))
);
CREATE INDEX assessment_licence ON assessment (licence_id, created_at);
CREATE UNIQUE INDEX assessment_open ON assessment (licence_id) WHERE outcome IS NULL;

CREATE TABLE assessor (
    assessment_id UUID NOT NULL REFERENCES assessment (id),
    person_id UUID NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL CHECK (kind IN ('peer', 'expert')),
    remark TEXT NOT NULL DEFAULT '',
    -- Scores can be changed until then, and are nobody else's business.
    sent_at TIMESTAMPTZ,
    PRIMARY KEY (assessment_id, person_id)
);
CREATE INDEX assessor_person ON assessor (person_id);

CREATE TABLE assessment_score (
    assessment_id UUID NOT NULL REFERENCES assessment (id),
    person_id UUID NOT NULL REFERENCES person (id),
    criterion_id UUID NOT NULL REFERENCES rubric_criterion (id),
    score BIGINT CHECK (score >= 1),
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (assessment_id, person_id, criterion_id)
);
