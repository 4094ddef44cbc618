-- A file of marks between its dry run and its entry. What it contains is kept no longer than it takes to
-- enter it: entered, the body is emptied; forgotten, the row goes after a week.
CREATE TABLE mark_draft (
    id BLOB PRIMARY KEY,
    delivery_id BLOB NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    made_by BLOB NOT NULL REFERENCES person (id),
    made_at TEXT NOT NULL,
    file TEXT NOT NULL,
    tool TEXT NOT NULL CHECK (tool IN ('sheet', 'zoom', 'teams', 'webex', 'other')),
    -- The cells or the joins and leaves as they were read, as JSON.
    body TEXT NOT NULL,
    -- What was chosen for it, as JSON.
    choices TEXT NOT NULL,
    -- When it was entered, and how many marks.
    done_at TEXT,
    entered INTEGER
) STRICT;
CREATE INDEX mark_draft_made ON mark_draft (made_at);
