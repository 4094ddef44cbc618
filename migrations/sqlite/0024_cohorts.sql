-- A group that follows a sequence of deliveries together.
CREATE TABLE cohort (
    id BLOB PRIMARY KEY,
    title TEXT NOT NULL,
    -- The course its members are to give.
    course_id BLOB NOT NULL REFERENCES course (id),
    host_id BLOB REFERENCES institution (id),
    state TEXT NOT NULL CHECK (state IN ('planned', 'selection', 'running', 'finished', 'cancelled')),
    capacity INTEGER NOT NULL CHECK (capacity > 0),
    starts_on TEXT,
    ends_on TEXT,
    note TEXT NOT NULL DEFAULT '',
    invented INTEGER NOT NULL DEFAULT FALSE,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL DEFAULT '',
    CHECK (ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on)
) STRICT;
CREATE INDEX cohort_course ON cohort (course_id);
CREATE INDEX cohort_host ON cohort (host_id);
CREATE INDEX cohort_start ON cohort (starts_on, id);

CREATE TABLE cohort_project (
    cohort_id BLOB NOT NULL REFERENCES cohort (id),
    project_id BLOB NOT NULL REFERENCES project (id),
    PRIMARY KEY (cohort_id, project_id)
) STRICT;
CREATE INDEX cohort_project_project ON cohort_project (project_id);

-- The sequence. A step is done by completing one of its deliveries ('attend'), or by having given one
-- of its course that a mentor signed off ('give').
CREATE TABLE cohort_step (
    id BLOB PRIMARY KEY,
    cohort_id BLOB NOT NULL REFERENCES cohort (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('attend', 'give')),
    course_id BLOB NOT NULL REFERENCES course (id),
    required INTEGER NOT NULL DEFAULT TRUE,
    due_on TEXT
) STRICT;
CREATE INDEX cohort_step_cohort ON cohort_step (cohort_id, position);

CREATE TABLE cohort_step_delivery (
    step_id BLOB NOT NULL REFERENCES cohort_step (id) ON DELETE CASCADE,
    delivery_id BLOB NOT NULL REFERENCES delivery (id),
    PRIMARY KEY (step_id, delivery_id)
) STRICT;
CREATE INDEX cohort_step_delivery_delivery ON cohort_step_delivery (delivery_id);

-- Its places, by area or by institution.
CREATE TABLE cohort_quota (
    id BLOB PRIMARY KEY,
    cohort_id BLOB NOT NULL REFERENCES cohort (id),
    area_code TEXT REFERENCES area (code),
    institution_id BLOB REFERENCES institution (id),
    places INTEGER NOT NULL CHECK (places >= 0),
    CHECK ((area_code IS NULL) <> (institution_id IS NULL))
) STRICT;
CREATE INDEX cohort_quota_cohort ON cohort_quota (cohort_id);

-- Who is proposed, selected, waits, is refused, has left.
CREATE TABLE cohort_member (
    id BLOB PRIMARY KEY,
    cohort_id BLOB NOT NULL REFERENCES cohort (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'selected', 'reserve', 'refused', 'left')),
    -- As on the day of selection: what places are counted by.
    area_code TEXT REFERENCES area (code),
    institution_id BLOB REFERENCES institution (id),
    mentor_id BLOB REFERENCES person (id),
    joined_at TEXT,
    left_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL DEFAULT '',
    UNIQUE (cohort_id, person_id)
) STRICT;
CREATE INDEX cohort_member_person ON cohort_member (person_id);
CREATE INDEX cohort_member_mentor ON cohort_member (mentor_id);
