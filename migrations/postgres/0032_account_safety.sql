-- What an administrator asks for somebody who belongs to more than their house: it is done once the
-- programme office, or the person by a link to the address on record, has confirmed it.
CREATE TABLE pending_change (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    act TEXT NOT NULL,
    -- What is asked, and what stood when it was; JSON.
    asked TEXT NOT NULL,
    stood TEXT NOT NULL,
    requested_by UUID NOT NULL REFERENCES person (id),
    requested_by_name TEXT NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    -- Whether the address on record may confirm it, and the hash of the link sent there.
    by_address BOOLEAN NOT NULL DEFAULT FALSE,
    token_hash TEXT UNIQUE,
    state TEXT NOT NULL DEFAULT 'open',
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at TIMESTAMPTZ,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX pending_change_person ON pending_change (person_id, requested_at);
CREATE UNIQUE INDEX pending_change_once ON pending_change (person_id, act, requested_by) WHERE state = 'open';

-- Browsers that have signed in before: a stranger's wrong tries do not slow them. Only a hash of what the
-- browser keeps.
CREATE TABLE known_device (
    token_hash TEXT NOT NULL,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    id UUID NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    PRIMARY KEY (token_hash, account_id)
);
CREATE INDEX known_device_account ON known_device (account_id, last_seen_at);

-- Tries that may have been guesses, counted for all nodes. The key is a hash: it names nobody. A row is
-- worth nothing after its time.
CREATE TABLE attempt (
    key TEXT PRIMARY KEY,
    tries BIGINT NOT NULL DEFAULT 0,
    last_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX attempt_expires ON attempt (expires_at);

-- When the owner was last told that somebody tries.
ALTER TABLE account ADD COLUMN warned_at TIMESTAMPTZ;
