-- What a kiosk reads. A badge that was lost is revoked and stays, so that whoever finds it is told so.
CREATE TABLE badge (
    id UUID PRIMARY KEY,
    enrolment_id UUID NOT NULL REFERENCES enrolment (id),
    -- The QR code: 130 random bits and a check.
    token TEXT NOT NULL UNIQUE,
    -- What is typed where there is no camera: 45 random bits and a check.
    short TEXT NOT NULL UNIQUE,
    made_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX badge_enrolment ON badge (enrolment_id) WHERE revoked_at IS NULL;

-- What a person is called on paper and on screens where the name must not stand.
CREATE TABLE pseudonym (
    enrolment_id UUID PRIMARY KEY REFERENCES enrolment (id),
    delivery_id UUID NOT NULL REFERENCES delivery (id),
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    UNIQUE (delivery_id, folded)
);

-- Whether pseudonyms stand instead of names; no row means names do.
CREATE TABLE badge_setting (
    delivery_id UUID PRIMARY KEY REFERENCES delivery (id),
    pseudonyms BOOLEAN NOT NULL
);

-- A browser locked to the door of a delivery.
CREATE TABLE kiosk (
    id UUID PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    delivery_id UUID NOT NULL REFERENCES delivery (id),
    created_by UUID NOT NULL REFERENCES person (id),
    created_by_name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    browser TEXT NOT NULL,
    -- The last answer, for a browser without script, which reads it on the next page.
    said TEXT,
    said_at TIMESTAMPTZ
);
CREATE INDEX kiosk_delivery ON kiosk (delivery_id, expires_at);

-- A signed sheet that was scanned. What is withdrawn stays, with the reason.
CREATE TABLE register_scan (
    id UUID PRIMARY KEY,
    slot_id UUID NOT NULL REFERENCES slot (id),
    file_id UUID NOT NULL REFERENCES file (id),
    added_by UUID NOT NULL REFERENCES person (id),
    added_by_name TEXT NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    withdrawn_by_name TEXT NOT NULL DEFAULT '',
    withdrawn_at TIMESTAMPTZ,
    withdrawn_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX register_scan_slot ON register_scan (slot_id, added_at);
