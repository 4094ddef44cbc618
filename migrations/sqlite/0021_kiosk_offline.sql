-- Badges that a kiosk read while it had no line, and that could not be recorded once it had one: the keeper
-- of the register decides about them.
CREATE TABLE kiosk_unrecorded (
    -- Given by the kiosk: sent twice, it is listed once.
    id BLOB PRIMARY KEY,
    kiosk_id BLOB NOT NULL REFERENCES kiosk (id),
    delivery_id BLOB NOT NULL REFERENCES delivery (id),
    -- The half-day that ran then, where one did.
    slot_id BLOB REFERENCES slot (id) ON DELETE SET NULL,
    -- Whose badge it is, where that is known.
    enrolment_id BLOB REFERENCES enrolment (id),
    -- The beginning of what was read, where nobody is known by it.
    code TEXT NOT NULL DEFAULT '',
    way TEXT NOT NULL CHECK (way IN ('in', 'out')),
    word TEXT NOT NULL CHECK (word IN ('not_in', 'wrong_group', 'unknown', 'replaced', 'too_early', 'closed', 'called_off', 'no_slot', 'no_time', 'overruled', 'ended')),
    read_at TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    settled_by_name TEXT NOT NULL DEFAULT '',
    settled_at TEXT
) STRICT;
CREATE INDEX kiosk_unrecorded_delivery ON kiosk_unrecorded (delivery_id, settled_at);
