-- Dates of projects and activities are kept as the documents give them: a day (2011-02-17),
-- a month (2013-04), or nothing.
CREATE TABLE project (
    id BLOB PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    predecessor TEXT,
    starts TEXT,
    ends TEXT,
    months INTEGER,
    budget_cents INTEGER,
    currency TEXT NOT NULL DEFAULT 'EUR',
    funding TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL CHECK (status IN ('pipeline', 'running', 'closed')),
    note TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE project_area (
    project_id BLOB NOT NULL REFERENCES project (id),
    area_code TEXT NOT NULL REFERENCES area (code),
    PRIMARY KEY (project_id, area_code)
) STRICT;
CREATE INDEX project_area_area ON project_area (area_code);

CREATE TABLE project_amendment (
    id BLOB PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES project (id),
    known_by TEXT NOT NULL,
    field TEXT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL
) STRICT;
CREATE INDEX project_amendment_project ON project_amendment (project_id);

CREATE TABLE expected_result (
    id BLOB PRIMARY KEY,
    project_id BLOB NOT NULL REFERENCES project (id),
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    indicator_due TEXT NOT NULL DEFAULT '',
    UNIQUE (project_id, number)
) STRICT;

CREATE TABLE activity (
    id BLOB PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts TEXT,
    ends TEXT,
    place TEXT NOT NULL DEFAULT '',
    area_code TEXT REFERENCES area (code),
    participants TEXT NOT NULL DEFAULT '',
    papers TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX activity_area ON activity (area_code);

CREATE TABLE activity_project (
    activity_id BLOB NOT NULL REFERENCES activity (id),
    project_id BLOB NOT NULL REFERENCES project (id),
    PRIMARY KEY (activity_id, project_id)
) STRICT;
CREATE INDEX activity_project_project ON activity_project (project_id);

CREATE TABLE document (
    id BLOB PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    project_id BLOB REFERENCES project (id),
    history TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE document_translation (
    document_id BLOB NOT NULL REFERENCES document (id),
    language TEXT NOT NULL,
    published INTEGER NOT NULL,
    published_on TEXT,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (document_id, language)
) STRICT;
