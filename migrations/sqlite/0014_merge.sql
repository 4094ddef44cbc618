-- Marks that were made without a line and reach the server later (attendance/merge.rs says which stands).

-- When it was made, by the server's clock as the device knew it; empty: when it was written.
ALTER TABLE mark ADD COLUMN made_at TEXT;
-- The action that said otherwise, neither knowing of the other, until somebody decides.
ALTER TABLE mark ADD COLUMN contested BLOB;

ALTER TABLE mark_change ADD COLUMN made_at TEXT;
-- Whether it was said of all who had no mark: what is said of one name outweighs it.
ALTER TABLE mark_change ADD COLUMN everyone INTEGER NOT NULL DEFAULT 0;
-- The actions whose marks were before the eyes of who made it (none: sixteen times nought); empty:
-- whatever was written of the name before.
ALTER TABLE mark_change ADD COLUMN seen BLOB;
ALTER TABLE mark_change ADD COLUMN seen_too BLOB;

-- Names whose mark was taken back, since what is taken back may be contested too. Means nothing where
-- there is a mark again.
CREATE TABLE mark_gone (
    slot_id BLOB NOT NULL REFERENCES slot (id),
    enrolment_id BLOB NOT NULL REFERENCES enrolment (id),
    marked_at TEXT NOT NULL,
    contested BLOB,
    PRIMARY KEY (slot_id, enrolment_id)
) STRICT;
INSERT INTO mark_gone (slot_id, enrolment_id, marked_at)
SELECT c.slot_id, c.enrolment_id, MAX(c.marked_at) FROM mark_change c
WHERE NOT EXISTS (SELECT 1 FROM mark m WHERE m.slot_id = c.slot_id AND m.enrolment_id = c.enrolment_id)
GROUP BY c.slot_id, c.enrolment_id;
