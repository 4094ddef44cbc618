CREATE TABLE person (
    id BLOB PRIMARY KEY,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    folded TEXT NOT NULL,
    sex TEXT CHECK (sex IN ('f', 'm', 'x')),
    area_code TEXT REFERENCES area (code),
    -- Where mail goes; not an identity: offices share mailboxes.
    email TEXT NOT NULL DEFAULT '',
    invented INTEGER NOT NULL DEFAULT FALSE,
    version INTEGER NOT NULL DEFAULT 1,
    updated_by TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX person_folded ON person (folded, id);

-- What a person was, where and when. Statistics take the post held on the delivery's date.
CREATE TABLE post (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    profession TEXT NOT NULL CHECK (profession IN ('judge', 'prosecutor', 'investigator', 'police_officer', 'registrar', 'trainer', 'other')),
    institution_id BLOB REFERENCES institution (id),
    workplace TEXT NOT NULL DEFAULT '',
    starts_on TEXT,
    ends_on TEXT,
    CHECK (ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on)
) STRICT;
CREATE INDEX post_person ON post (person_id);

CREATE TABLE account (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL UNIQUE REFERENCES person (id),
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    language TEXT,
    disabled INTEGER NOT NULL DEFAULT FALSE,
    created_at TEXT NOT NULL,
    last_sign_in_at TEXT
) STRICT;

-- Only the hash of a session's token is kept: a copy of the database opens no session.
CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    account_id BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account_id);

CREATE TABLE one_time_token (
    token_hash TEXT PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('reset', 'invitation')),
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE INDEX one_time_token_account ON one_time_token (account_id);

-- A role in a scope: an institution, an area, or (both empty) everywhere.
CREATE TABLE role_grant (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL CHECK (role IN ('programme_officer', 'institution_administrator', 'focal_point', 'trainer', 'participant', 'observer')),
    institution_id BLOB REFERENCES institution (id),
    area_code TEXT REFERENCES area (code),
    granted_at TEXT NOT NULL,
    ended_at TEXT,
    CHECK (role <> 'institution_administrator' OR institution_id IS NOT NULL)
) STRICT;
CREATE INDEX role_grant_person ON role_grant (person_id);
CREATE INDEX role_grant_institution ON role_grant (institution_id);
