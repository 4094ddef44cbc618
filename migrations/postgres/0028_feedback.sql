-- A module knows which module of the first version it goes back to, so that what was said of it in one
-- version finds what it became in the next. Empty for a module that is new in its version.
ALTER TABLE pack_module ADD COLUMN root_id UUID REFERENCES pack_module (id);

-- Versions copied before this was kept: the module of the same title in the version they were made from.
WITH RECURSIVE line (id, root_id) AS (
    SELECT m.id, m.id FROM pack_module m JOIN pack p ON p.id = m.pack_id
    WHERE NOT EXISTS (SELECT 1 FROM pack_module o WHERE o.pack_id = p.based_on AND o.title = m.title)
    UNION ALL
    SELECT n.id, line.root_id FROM line JOIN pack_module o ON o.id = line.id JOIN pack p ON p.based_on = o.pack_id
        JOIN pack_module n ON n.pack_id = p.id AND n.title = o.title
)
UPDATE pack_module SET root_id = (SELECT line.root_id FROM line WHERE line.id = pack_module.id AND line.root_id <> line.id LIMIT 1)
WHERE pack_id IN (SELECT p.id FROM pack p WHERE p.based_on IS NOT NULL);

-- What was decided about one matter, whoever reported it.
CREATE TABLE feedback_decision (
    id UUID PRIMARY KEY,
    course_id UUID NOT NULL REFERENCES course (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('taken_up', 'declined', 'noted', 'later')),
    -- In which version it is taken up.
    pack_id UUID REFERENCES pack (id),
    -- What changes, in a sentence: release notes list it.
    change TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    -- Whether the version was in work when this was decided. Once that version is released, a listed
    -- decision never changes: what its release notes list was fixed then.
    listed BOOLEAN NOT NULL DEFAULT FALSE,
    decided_by_name TEXT NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    -- When those who reported were told of it.
    told_at TIMESTAMPTZ,
    CHECK ((outcome = 'taken_up') = (pack_id IS NOT NULL)),
    CHECK (pack_id IS NOT NULL OR NOT listed)
);
CREATE INDEX feedback_decision_pack ON feedback_decision (pack_id);

-- What somebody said of a module after a delivery.
CREATE TABLE feedback_item (
    id UUID PRIMARY KEY,
    course_id UUID NOT NULL REFERENCES course (id),
    delivery_id UUID NOT NULL REFERENCES delivery (id),
    -- The version it speaks of; empty where the delivery has none.
    pack_id UUID REFERENCES pack (id),
    -- Empty: the course as a whole.
    module_id UUID REFERENCES pack_module (id),
    root_id UUID REFERENCES pack_module (id),
    session_plan_id UUID REFERENCES session_plan (id),
    material_id UUID REFERENCES material (id),
    kind TEXT NOT NULL CHECK (kind IN ('error', 'out_of_date', 'unclear', 'too_long', 'too_short', 'missing', 'law_differs', 'translation', 'praise')),
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'later', 'taken_up', 'declined', 'noted')),
    by_trainer BOOLEAN NOT NULL,
    signed BOOLEAN NOT NULL,
    wants_answer BOOLEAN NOT NULL,
    -- Who wrote it, so that they can change it and be told. Where it is not signed, forgotten once they were told.
    person_id UUID REFERENCES person (id),
    -- A day and not a time: with a time, logs would tell who wrote what is not signed.
    written_on DATE NOT NULL,
    decision_id UUID REFERENCES feedback_decision (id),
    invented BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((state = 'open') = (decision_id IS NULL)),
    CHECK (NOT signed OR person_id IS NOT NULL)
);
CREATE INDEX feedback_item_course ON feedback_item (course_id, state, root_id, id);
CREATE INDEX feedback_item_delivery ON feedback_item (delivery_id, person_id);
CREATE INDEX feedback_item_decision ON feedback_item (decision_id);

-- Invited once, whatever becomes of the delivery's state afterwards.
CREATE TABLE feedback_invitation (
    delivery_id UUID PRIMARY KEY REFERENCES delivery (id),
    invited_at TIMESTAMPTZ NOT NULL
);

-- People counted without names, for a delivery as a whole: one of ours that keeps no names, or one that was
-- held elsewhere and is known by its title. Never added to places or persons.
CREATE TABLE tally (
    id UUID PRIMARY KEY,
    institution_id UUID NOT NULL REFERENCES institution (id),
    delivery_id UUID REFERENCES delivery (id),
    course_id UUID REFERENCES course (id),
    title TEXT NOT NULL,
    area_code TEXT NOT NULL REFERENCES area (code),
    place TEXT NOT NULL DEFAULT '',
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    total BIGINT NOT NULL CHECK (total > 0),
    state TEXT NOT NULL CHECK (state IN ('unverified', 'verified', 'withdrawn')),
    entered_by UUID NOT NULL REFERENCES person (id),
    entered_by_name TEXT NOT NULL,
    entered_at TIMESTAMPTZ NOT NULL,
    verified_by_name TEXT NOT NULL DEFAULT '',
    verified_at TIMESTAMPTZ,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (ends_on >= starts_on),
    CHECK ((state = 'verified') = (verified_at IS NOT NULL))
);
CREATE INDEX tally_institution ON tally (institution_id, starts_on);
-- A delivery is counted once.
CREATE UNIQUE INDEX tally_delivery ON tally (delivery_id) WHERE delivery_id IS NOT NULL AND state <> 'withdrawn';

CREATE TABLE tally_line (
    tally_id UUID NOT NULL REFERENCES tally (id),
    area_code TEXT NOT NULL REFERENCES area (code),
    profession TEXT NOT NULL CHECK (profession IN ('judge', 'prosecutor', 'investigator', 'police_officer', 'registrar', 'trainer', 'other')),
    sex TEXT NOT NULL CHECK (sex IN ('f', 'm', 'x')),
    people BIGINT NOT NULL CHECK (people > 0),
    PRIMARY KEY (tally_id, area_code, profession, sex)
);

CREATE TABLE tally_project (
    tally_id UUID NOT NULL REFERENCES tally (id),
    project_id UUID NOT NULL REFERENCES project (id),
    PRIMARY KEY (tally_id, project_id)
);
CREATE INDEX tally_project_project ON tally_project (project_id);

-- What proves a count: a signed list, a letter, a report. Withdrawn ones stay in the list.
CREATE TABLE tally_evidence (
    id UUID PRIMARY KEY,
    tally_id UUID NOT NULL REFERENCES tally (id),
    file_id UUID NOT NULL REFERENCES file (id),
    title TEXT NOT NULL,
    added_by_name TEXT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    withdrawn_by_name TEXT,
    withdrawn_at TIMESTAMPTZ,
    withdrawn_reason TEXT
);
CREATE INDEX tally_evidence_tally ON tally_evidence (tally_id, added_at);

-- Append-only: everything that was done to a count, with the total it then had.
CREATE TABLE tally_step (
    id UUID PRIMARY KEY,
    tally_id UUID NOT NULL REFERENCES tally (id),
    act TEXT NOT NULL CHECK (act IN ('enter', 'change', 'attach', 'withdraw_evidence', 'verify', 'doubt', 'withdraw')),
    total BIGINT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    by_name TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX tally_step_tally ON tally_step (tally_id, at);
