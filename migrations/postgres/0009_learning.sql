CREATE TABLE progress (
    enrolment_id UUID NOT NULL REFERENCES enrolment (id),
    material_id UUID NOT NULL REFERENCES material (id),
    opened_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ,
    -- Where a recording was left, in seconds.
    position_seconds BIGINT NOT NULL DEFAULT 0 CHECK (position_seconds >= 0),
    touched_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (enrolment_id, material_id)
);
