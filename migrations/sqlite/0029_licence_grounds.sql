-- Since when a ground counts no more: a completion that was taken back, a trainer taken off a delivery. It
-- stays where it was written.
ALTER TABLE licence_ground ADD COLUMN ended_at TEXT;
-- Whether it is known when it happened. What has no day keeps no licence alive.
ALTER TABLE licence_ground ADD COLUMN dated INTEGER NOT NULL DEFAULT TRUE;
UPDATE licence_ground SET dated = FALSE WHERE kind IN ('trained', 'taught', 'refreshed')
    AND delivery_id IN (SELECT id FROM delivery WHERE starts_on IS NULL AND ends_on IS NULL);
DROP INDEX licence_ground_once;
CREATE UNIQUE INDEX licence_ground_once ON licence_ground (licence_id, kind, delivery_id)
    WHERE kind IN ('trained', 'taught', 'refreshed') AND ended_at IS NULL;

-- A step back has a cause of its own.
CREATE TABLE licence_step_new (
    id BLOB PRIMARY KEY,
    licence_id BLOB NOT NULL REFERENCES licence (id),
    at TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    -- What made it: a completion, an assessment, a sign-off, the job, a decision, training taken back.
    cause TEXT NOT NULL CHECK (cause IN ('completion', 'assessment', 'sign_off', 'lapse', 'mended', 'decision', 'record', 'taken_back')),
    delivery_id BLOB REFERENCES delivery (id),
    changed_by BLOB REFERENCES person (id),
    changed_by_name TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO licence_step_new (id, licence_id, at, from_state, to_state, cause, delivery_id, changed_by, changed_by_name, reason)
    SELECT id, licence_id, at, from_state, to_state, cause, delivery_id, changed_by, changed_by_name, reason FROM licence_step;
DROP TABLE licence_step;
ALTER TABLE licence_step_new RENAME TO licence_step;
CREATE INDEX licence_step_licence ON licence_step (licence_id, at, id);
