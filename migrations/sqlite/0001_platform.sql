-- Work to be done after a transaction: mail, certificates, summaries. Enqueued with its cause.
CREATE TABLE job (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'parked')),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    run_at TEXT NOT NULL,
    claimed_until TEXT,
    last_error TEXT,
    -- While a job with the same key waits, a second one adds nothing.
    dedupe_key TEXT,
    created_at TEXT NOT NULL,
    finished_at TEXT
) STRICT;
CREATE INDEX job_due ON job (state, run_at);
CREATE UNIQUE INDEX job_dedupe ON job (dedupe_key) WHERE state = 'queued' AND dedupe_key IS NOT NULL;

-- Who did what to which record, written in the transaction that did it.
CREATE TABLE audit (
    id BLOB PRIMARY KEY,
    at TEXT NOT NULL,
    person_id BLOB,
    action TEXT NOT NULL,
    record TEXT NOT NULL,
    record_id TEXT NOT NULL,
    source TEXT NOT NULL,
    before TEXT,
    after TEXT
) STRICT;
CREATE INDEX audit_record ON audit (record, record_id, id);
CREATE INDEX audit_person ON audit (person_id, id);

-- A stored file; its bytes are in the object store under `key`.
CREATE TABLE file (
    id BLOB PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    sha256 TEXT NOT NULL,
    uploaded_by BLOB,
    created_at TEXT NOT NULL
) STRICT;
