CREATE TABLE delivery (
    id UUID PRIMARY KEY,
    course_id UUID NOT NULL REFERENCES course (id),
    -- Empty where the documents do not say which version was taught.
    pack_id UUID REFERENCES pack (id),
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'call_open', 'selection', 'confirmed', 'running', 'delivered', 'reported', 'postponed', 'cancelled')),
    mode TEXT NOT NULL CHECK (mode IN ('in_person', 'live_online', 'self_paced', 'hybrid')),
    language TEXT NOT NULL,
    host_id UUID REFERENCES institution (id),
    area_code TEXT REFERENCES area (code),
    place TEXT NOT NULL DEFAULT '',
    link TEXT NOT NULL DEFAULT '',
    starts_on DATE,
    ends_on DATE,
    -- What the documents say where they give no day.
    date_note TEXT NOT NULL DEFAULT '',
    time_zone TEXT NOT NULL,
    capacity BIGINT NOT NULL CHECK (capacity > 0),
    taken BIGINT NOT NULL DEFAULT 0,
    call_closes_on DATE,
    note TEXT NOT NULL DEFAULT '',
    invented BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by TEXT NOT NULL DEFAULT '',
    CHECK (ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on),
    CHECK (taken >= 0 AND taken <= capacity)
);
CREATE INDEX delivery_course ON delivery (course_id, starts_on);
CREATE INDEX delivery_host ON delivery (host_id, starts_on);
CREATE INDEX delivery_area ON delivery (area_code, starts_on);
CREATE INDEX delivery_start ON delivery (starts_on, id);
-- What the catalogue shows: never more than the deliveries still to come.
CREATE INDEX delivery_upcoming ON delivery (starts_on, id) WHERE state IN ('call_open', 'selection', 'confirmed', 'running');
-- What a course's page shows: the latest past ones.
CREATE INDEX delivery_past ON delivery (course_id, starts_on, id) WHERE state IN ('delivered', 'reported');
-- What institutions, areas and projects show: the next ones.
CREATE INDEX delivery_host_coming ON delivery (host_id, starts_on, id)
    WHERE state IN ('planned', 'call_open', 'selection', 'confirmed', 'running', 'postponed');
CREATE INDEX delivery_area_coming ON delivery (area_code, starts_on, id)
    WHERE state IN ('planned', 'call_open', 'selection', 'confirmed', 'running', 'postponed');
-- How many there are in a state, and how many places they have taken.
CREATE INDEX delivery_state ON delivery (state, taken);

CREATE TABLE delivery_project (
    delivery_id UUID NOT NULL REFERENCES delivery (id),
    project_id UUID NOT NULL REFERENCES project (id),
    PRIMARY KEY (delivery_id, project_id)
);
CREATE INDEX delivery_project_project ON delivery_project (project_id);

CREATE TABLE delivery_trainer (
    delivery_id UUID NOT NULL REFERENCES delivery (id),
    person_id UUID NOT NULL REFERENCES person (id),
    lead BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (delivery_id, person_id)
);
CREATE INDEX delivery_trainer_person ON delivery_trainer (person_id);

-- What attendance is kept by: usually a half-day.
CREATE TABLE slot (
    id UUID PRIMARY KEY,
    delivery_id UUID NOT NULL REFERENCES delivery (id),
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    room TEXT NOT NULL DEFAULT '',
    CHECK (ends_at > starts_at)
);
CREATE INDEX slot_delivery ON slot (delivery_id, starts_at);

CREATE TABLE timetable_session (
    id UUID PRIMARY KEY,
    slot_id UUID NOT NULL REFERENCES slot (id) ON DELETE CASCADE,
    session_plan_id UUID REFERENCES session_plan (id),
    title TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    minutes BIGINT NOT NULL CHECK (minutes > 0)
);
CREATE INDEX timetable_session_slot ON timetable_session (slot_id, starts_at);
