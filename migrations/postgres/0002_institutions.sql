CREATE TABLE area (
    code TEXT PRIMARY KEY,
    languages TEXT NOT NULL,
    convention_deposit DATE,
    convention_in_force DATE,
    -- False for hosts and partners that the documents name and no project works in.
    project_area BOOLEAN NOT NULL,
    footnote BOOLEAN NOT NULL DEFAULT FALSE,
    note TEXT NOT NULL DEFAULT ''
);

-- Names by date: the one to print is that of the date concerned.
CREATE TABLE area_name (
    area_code TEXT NOT NULL REFERENCES area (code),
    language TEXT NOT NULL,
    starts_on DATE NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (area_code, language, starts_on)
);

CREATE TABLE institution (
    id UUID PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    area_code TEXT NOT NULL REFERENCES area (code),
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('judicial_training', 'law_enforcement_training', 'regional_centre', 'court', 'prosecution_office', 'police_unit', 'ministry', 'council', 'programme_office')),
    address TEXT NOT NULL DEFAULT '',
    email TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    website TEXT NOT NULL DEFAULT '',
    languages TEXT NOT NULL DEFAULT '',
    about TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX institution_area_code ON institution (area_code, name);

CREATE TABLE institution_former_name (
    institution_id UUID NOT NULL REFERENCES institution (id),
    name TEXT NOT NULL,
    ends_on DATE NOT NULL,
    PRIMARY KEY (institution_id, ends_on)
);

-- The further areas an institution serves beside its own.
CREATE TABLE institution_serves (
    institution_id UUID NOT NULL REFERENCES institution (id),
    area_code TEXT NOT NULL REFERENCES area (code),
    PRIMARY KEY (institution_id, area_code)
);
CREATE INDEX institution_serves_area ON institution_serves (area_code);
