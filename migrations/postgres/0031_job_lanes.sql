-- Who works on a job: a token that only the worker knows who claimed it, so that one who lost its claim writes
-- nothing about it any more.
ALTER TABLE job ADD COLUMN claim UUID;
-- When it was to be done first: a retry moves `run_at`, and how long a job has waited must not begin anew with it.
-- Empty where a server of an older version enqueued it.
ALTER TABLE job ADD COLUMN due_at TIMESTAMPTZ;
UPDATE job SET due_at = run_at;
-- When a kind of job was last done.
CREATE INDEX job_done ON job (kind, finished_at) WHERE state = 'done';
