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

-- Append-only. An empty state is a mark taken back.
CREATE TABLE mark_change (
    id BLOB PRIMARY KEY,
    slot_id BLOB NOT NULL REFERENCES slot (id),
    enrolment_id BLOB NOT NULL REFERENCES enrolment (id),
    state TEXT CHECK (state IN ('present', 'late', 'left_early', 'excused', 'absent')),
    minutes INTEGER NOT NULL CHECK (minutes >= 0),
    source TEXT NOT NULL CHECK (source IN ('trainer', 'self', 'kiosk', 'paper', 'import')),
    note TEXT NOT NULL DEFAULT '',
    marked_by BLOB,
    marked_by_name TEXT NOT NULL DEFAULT '',
    marked_at TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX mark_change_slot ON mark_change (slot_id, enrolment_id, id);
