-- Since when a ground counts no more: a completion that was taken back, a trainer taken off a delivery. It
-- stays where it was written.
ALTER TABLE licence_ground ADD COLUMN ended_at TIMESTAMPTZ;
-- Whether it is known when it happened. What has no day keeps no licence alive.
ALTER TABLE licence_ground ADD COLUMN dated BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE licence_ground SET dated = FALSE WHERE kind IN ('trained', 'taught', 'refreshed')
    AND delivery_id IN (SELECT id FROM delivery WHERE starts_on IS NULL AND ends_on IS NULL);
DROP INDEX licence_ground_once;
CREATE UNIQUE INDEX licence_ground_once ON licence_ground (licence_id, kind, delivery_id)
    WHERE kind IN ('trained', 'taught', 'refreshed') AND ended_at IS NULL;

-- A step back has a cause of its own: training taken back.
ALTER TABLE licence_step DROP CONSTRAINT licence_step_cause_check;
ALTER TABLE licence_step ADD CONSTRAINT licence_step_cause_check
    CHECK (cause IN ('completion', 'assessment', 'sign_off', 'lapse', 'mended', 'decision', 'record', 'taken_back'));
