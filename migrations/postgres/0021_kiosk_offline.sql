-- Badges that a kiosk read while it had no line, and that could not be recorded once it had one: the keeper
-- of the register decides about them.
CREATE TABLE kiosk_unrecorded (
    -- Given by the kiosk: sent twice, it is listed once.
    id UUID PRIMARY KEY,
    kiosk_id UUID NOT NULL REFERENCES kiosk (id),
    delivery_id UUID NOT NULL REFERENCES delivery (id),
    -- The half-day that ran then, where one did.
    slot_id UUID REFERENCES slot (id) ON DELETE SET NULL,
    -- Whose badge it is, where that is known.
    enrolment_id UUID REFERENCES enrolment (id),
    -- The beginning of what was read, where nobody is known by it.
    code TEXT NOT NULL DEFAULT '',
    way TEXT NOT NULL CHECK (way IN ('in', 'out')),
    word TEXT NOT NULL CHECK (word IN ('not_in', 'wrong_group', 'unknown', 'replaced', 'too_early', 'closed', 'called_off', 'no_slot', 'no_time', 'overruled', 'ended')),
    read_at TIMESTAMPTZ NOT NULL,
    arrived_at TIMESTAMPTZ NOT NULL,
    settled_by_name TEXT NOT NULL DEFAULT '',
    settled_at TIMESTAMPTZ
);
CREATE INDEX kiosk_unrecorded_delivery ON kiosk_unrecorded (delivery_id, settled_at);
