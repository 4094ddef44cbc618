CREATE TABLE enrolment (
    id UUID PRIMARY KEY,
    delivery_id UUID NOT NULL REFERENCES delivery (id),
    person_id UUID NOT NULL REFERENCES person (id),
    state TEXT NOT NULL CHECK (state IN ('nominated', 'applied', 'endorsed', 'selected', 'reserve', 'refused', 'invited', 'confirmed', 'declined', 'replaced', 'attended', 'partly_attended', 'not_attended', 'completed', 'not_completed', 'withdrawn')),
    source TEXT NOT NULL CHECK (source IN ('self', 'administrator', 'record')),
    -- The post held on the delivery's date, as statistics count it.
    profession TEXT NOT NULL CHECK (profession IN ('judge', 'prosecutor', 'investigator', 'police_officer', 'registrar', 'trainer', 'other')),
    workplace TEXT NOT NULL DEFAULT '',
    area_code TEXT REFERENCES area (code),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (delivery_id, person_id)
);
CREATE INDEX enrolment_person ON enrolment (person_id, delivery_id);

CREATE TABLE enrolment_change (
    id UUID PRIMARY KEY,
    enrolment_id UUID NOT NULL REFERENCES enrolment (id),
    at TIMESTAMPTZ NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    changed_by UUID,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX enrolment_change_enrolment ON enrolment_change (enrolment_id, id);
