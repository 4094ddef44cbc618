-- Dates of projects and activities are kept as the documents give them: a day (2011-02-17),
-- a month (2013-04), or nothing.
CREATE TABLE project (
    id UUID PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    predecessor TEXT,
    starts TEXT,
    ends TEXT,
    months BIGINT,
    budget_cents BIGINT,
    currency TEXT NOT NULL DEFAULT 'EUR',
    funding TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL CHECK (status IN ('pipeline', 'running', 'closed')),
    note TEXT NOT NULL DEFAULT ''
);

CREATE TABLE project_area (
    project_id UUID NOT NULL REFERENCES project (id),
    area_code TEXT NOT NULL REFERENCES area (code),
    PRIMARY KEY (project_id, area_code)
);
CREATE INDEX project_area_area ON project_area (area_code);

CREATE TABLE project_amendment (
    id UUID PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES project (id),
    known_by TEXT NOT NULL,
    field TEXT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL
);
CREATE INDEX project_amendment_project ON project_amendment (project_id);

CREATE TABLE expected_result (
    id UUID PRIMARY KEY,
    project_id UUID NOT NULL REFERENCES project (id),
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    indicator_due TEXT NOT NULL DEFAULT '',
    UNIQUE (project_id, number)
);

CREATE TABLE activity (
    id UUID PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts TEXT,
    ends TEXT,
    place TEXT NOT NULL DEFAULT '',
    area_code TEXT REFERENCES area (code),
    participants TEXT NOT NULL DEFAULT '',
    papers TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX activity_area ON activity (area_code);

CREATE TABLE activity_project (
    activity_id UUID NOT NULL REFERENCES activity (id),
    project_id UUID NOT NULL REFERENCES project (id),
    PRIMARY KEY (activity_id, project_id)
);
CREATE INDEX activity_project_project ON activity_project (project_id);

CREATE TABLE document (
    id UUID PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    project_id UUID REFERENCES project (id),
    history TEXT NOT NULL DEFAULT ''
);

CREATE TABLE document_translation (
    document_id UUID NOT NULL REFERENCES document (id),
    language TEXT NOT NULL,
    published BOOLEAN NOT NULL,
    published_on DATE,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (document_id, language)
);
