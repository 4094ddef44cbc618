-- What keeps a trainer licence of a course, as configured.
CREATE TABLE licence_rule (
    course_id UUID PRIMARY KEY REFERENCES course (id),
    -- Whether an assessment must be passed, and a first delivery be signed off by a mentor.
    assessed BOOLEAN NOT NULL DEFAULT TRUE,
    supervised BOOLEAN NOT NULL DEFAULT TRUE,
    -- One delivery or refresher within so many months; a new major version taken up within so many.
    -- Empty: never lapses by it.
    active_months BIGINT CHECK (active_months BETWEEN 1 AND 120),
    uptake_months BIGINT CHECK (uptake_months BETWEEN 1 AND 120),
    -- Days before a lapse that notice is given.
    notice_days BIGINT NOT NULL DEFAULT 60 CHECK (notice_days BETWEEN 0 AND 365),
    version BIGINT NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by TEXT NOT NULL DEFAULT ''
);

-- Who completes the second is trained to give the first.
CREATE TABLE licence_route (
    course_id UUID NOT NULL REFERENCES course (id),
    by_course_id UUID NOT NULL REFERENCES course (id),
    -- 'train' makes a candidate trained; 'refresh' keeps a licence alive.
    kind TEXT NOT NULL CHECK (kind IN ('train', 'refresh')),
    PRIMARY KEY (course_id, by_course_id, kind)
);
CREATE INDEX licence_route_by ON licence_route (by_course_id);

-- A trainer licence: one for a person and a course.
CREATE TABLE licence (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    course_id UUID NOT NULL REFERENCES course (id),
    state TEXT NOT NULL CHECK (state IN ('candidate', 'trained', 'assessed', 'licensed', 'lapsed', 'withdrawn')),
    -- Since when it has been in that state.
    since TIMESTAMPTZ NOT NULL,
    mentor_id UUID REFERENCES person (id),
    -- The major version of the pack taken up last.
    major BIGINT,
    -- When it lapses if nothing happens, and whether notice of that has been given.
    lapses_at TIMESTAMPTZ,
    noticed_at TIMESTAMPTZ,
    invented BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by TEXT NOT NULL DEFAULT '',
    UNIQUE (person_id, course_id)
);
CREATE INDEX licence_course ON licence (course_id, state);
CREATE INDEX licence_mentor ON licence (mentor_id);
CREATE INDEX licence_lapses ON licence (lapses_at) WHERE state = 'licensed';

-- Append-only: every change of a licence's state.
CREATE TABLE licence_step (
    id UUID PRIMARY KEY,
    licence_id UUID NOT NULL REFERENCES licence (id),
    at TIMESTAMPTZ NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    -- What made it: a completion, an assessment, a sign-off, the job, a decision.
    cause TEXT NOT NULL CHECK (cause IN ('completion', 'assessment', 'sign_off', 'lapse', 'mended', 'decision', 'record')),
    delivery_id UUID REFERENCES delivery (id),
    changed_by UUID REFERENCES person (id),
    changed_by_name TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX licence_step_licence ON licence_step (licence_id, at, id);
