-- A sealed delivery keeps no names: how many came is counted, by area, profession and sex.
ALTER TABLE delivery ADD COLUMN sealed INTEGER NOT NULL DEFAULT FALSE;

-- Append-only: each counting of a half-day stands beside those before it; the last one holds.
CREATE TABLE head_count (
    id BLOB PRIMARY KEY,
    slot_id BLOB NOT NULL REFERENCES slot (id),
    total INTEGER NOT NULL CHECK (total >= 0),
    counted_by_name TEXT NOT NULL DEFAULT '',
    counted_at TEXT NOT NULL,
    address TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX head_count_slot ON head_count (slot_id, counted_at);

CREATE TABLE head_count_line (
    head_count_id BLOB NOT NULL REFERENCES head_count (id),
    area_code TEXT NOT NULL REFERENCES area (code),
    profession TEXT NOT NULL CHECK (profession IN ('judge', 'prosecutor', 'investigator', 'police_officer', 'registrar', 'trainer', 'other')),
    sex TEXT NOT NULL CHECK (sex IN ('f', 'm', 'x')),
    people INTEGER NOT NULL CHECK (people > 0),
    PRIMARY KEY (head_count_id, area_code, profession, sex)
) STRICT;
