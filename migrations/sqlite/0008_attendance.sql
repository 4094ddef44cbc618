-- The mark that holds now; every one there ever was is in mark_change.
CREATE TABLE mark (
    slot_id BLOB NOT NULL REFERENCES slot (id),
    enrolment_id BLOB NOT NULL REFERENCES enrolment (id),
    state TEXT NOT NULL CHECK (state IN ('present', 'late', 'left_early', 'excused', 'absent')),
    minutes INTEGER NOT NULL CHECK (minutes >= 0),
    source TEXT NOT NULL CHECK (source IN ('trainer', 'self', 'kiosk', 'paper', 'import')),
    note TEXT NOT NULL DEFAULT '',
    marked_by BLOB,
    marked_by_name TEXT NOT NULL DEFAULT '',
    marked_at TEXT NOT NULL,
    PRIMARY KEY (slot_id, enrolment_id)
) STRICT;
CREATE INDEX mark_enrolment ON mark (enrolment_id);

-- Append-only: one row a name and action. The id is that of the action, given by who acts, so that
-- an action sent twice is written once. An empty state is a mark taken back; `undoes` names the
-- action that was undone; a correction after the delivery carries its reason.
CREATE TABLE mark_change (
    id BLOB NOT NULL,
    slot_id BLOB NOT NULL REFERENCES slot (id),
    enrolment_id BLOB NOT NULL REFERENCES enrolment (id),
    state TEXT CHECK (state IN ('present', 'late', 'left_early', 'excused', 'absent')),
    minutes INTEGER NOT NULL CHECK (minutes >= 0),
    source TEXT NOT NULL CHECK (source IN ('trainer', 'self', 'kiosk', 'paper', 'import')),
    note TEXT NOT NULL DEFAULT '',
    marked_by BLOB,
    marked_by_name TEXT NOT NULL DEFAULT '',
    marked_at TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    undoes BLOB,
    PRIMARY KEY (id, enrolment_id)
) STRICT;
CREATE INDEX mark_change_slot ON mark_change (slot_id, marked_at);
CREATE INDEX mark_change_undoes ON mark_change (undoes);
