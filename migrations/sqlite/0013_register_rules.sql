-- Attendance counts in minutes: a half-day knows its length, so that sums need no date functions.
ALTER TABLE slot ADD COLUMN minutes INTEGER NOT NULL DEFAULT 0 CHECK (minutes >= 0);
UPDATE slot SET minutes = CAST(ROUND((julianday(ends_at) - julianday(starts_at)) * 1440) AS INTEGER);
-- Called off: its marks stay in the record and count no more.
ALTER TABLE slot ADD COLUMN cancelled_at TEXT;
ALTER TABLE slot ADD COLUMN cancelled_reason TEXT NOT NULL DEFAULT '';
-- The register was signed off; reopening it takes a reason.
ALTER TABLE slot ADD COLUMN closed_at TEXT;
ALTER TABLE slot ADD COLUMN closed_by_name TEXT NOT NULL DEFAULT '';

-- The length of the half-day that a mark was made for: where the hours have changed since, the
-- minutes are counted anew.
ALTER TABLE mark ADD COLUMN of_minutes INTEGER NOT NULL DEFAULT 0;
UPDATE mark SET of_minutes = (SELECT s.minutes FROM slot s WHERE s.id = mark.slot_id);

-- What became of a register besides its marks.
CREATE TABLE slot_step (
    id BLOB PRIMARY KEY,
    slot_id BLOB NOT NULL REFERENCES slot (id) ON DELETE CASCADE,
    act TEXT NOT NULL CHECK (act IN ('closed', 'reopened', 'cancelled', 'restored', 'moved')),
    reason TEXT NOT NULL DEFAULT '',
    by_name TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL
) STRICT;
CREATE INDEX slot_step_slot ON slot_step (slot_id, at);

-- An institution's own rules for the deliveries it hosts; without a share, the course's counts.
ALTER TABLE institution ADD COLUMN attendance_percent INTEGER CHECK (attendance_percent BETWEEN 0 AND 100);
ALTER TABLE institution ADD COLUMN excused TEXT NOT NULL DEFAULT 'missed' CHECK (excused IN ('missed', 'neutral', 'attended'));
-- The rules as they stood when the delivery was confirmed: what people were told then holds.
ALTER TABLE delivery ADD COLUMN attendance_percent INTEGER CHECK (attendance_percent BETWEEN 0 AND 100);
ALTER TABLE delivery ADD COLUMN excused TEXT CHECK (excused IN ('missed', 'neutral', 'attended'));
UPDATE delivery SET excused = 'missed', attendance_percent = (SELECT c.attendance_percent FROM course c WHERE c.id = delivery.course_id)
    WHERE state IN ('confirmed', 'running', 'delivered', 'reported');

ALTER TABLE completion ADD COLUMN excused_minutes INTEGER NOT NULL DEFAULT 0;
-- Whether the place can still be completed; kept beside the place, for the register to show.
ALTER TABLE enrolment ADD COLUMN risk TEXT NOT NULL DEFAULT 'none' CHECK (risk IN ('none', 'at_risk', 'lost'));
CREATE INDEX enrolment_risk ON enrolment (delivery_id) WHERE risk <> 'none';
