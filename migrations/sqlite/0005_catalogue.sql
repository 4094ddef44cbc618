CREATE TABLE course (
    id BLOB PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('introductory', 'advanced', 'specialised', 'first_responder', 'tot')),
    -- Lists are kept as ';a;b;' so that one LIKE finds a member on both databases.
    audiences TEXT NOT NULL,
    languages TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    days INTEGER NOT NULL CHECK (days > 0),
    -- Rule of completion: share of the programme attended, and whether all modules must be done.
    attendance_percent INTEGER NOT NULL CHECK (attendance_percent BETWEEN 0 AND 100),
    modules_required INTEGER NOT NULL,
    by_nomination INTEGER NOT NULL DEFAULT FALSE,
    published INTEGER NOT NULL DEFAULT FALSE,
    folded TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE course_text (
    course_id BLOB NOT NULL REFERENCES course (id),
    language TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    -- One objective a line.
    objectives TEXT NOT NULL,
    PRIMARY KEY (course_id, language)
) STRICT;

CREATE TABLE course_prerequisite (
    course_id BLOB NOT NULL REFERENCES course (id),
    required_id BLOB NOT NULL REFERENCES course (id),
    PRIMARY KEY (course_id, required_id),
    CHECK (course_id <> required_id)
) STRICT;

CREATE TABLE course_institution (
    course_id BLOB NOT NULL REFERENCES course (id),
    institution_id BLOB NOT NULL REFERENCES institution (id),
    PRIMARY KEY (course_id, institution_id)
) STRICT;
CREATE INDEX course_institution_institution ON course_institution (institution_id);

-- Who may write the course's packs.
CREATE TABLE course_author (
    course_id BLOB NOT NULL REFERENCES course (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    PRIMARY KEY (course_id, person_id)
) STRICT;
CREATE INDEX course_author_person ON course_author (person_id);

CREATE TABLE pack (
    id BLOB PRIMARY KEY,
    course_id BLOB NOT NULL REFERENCES course (id),
    language TEXT NOT NULL,
    major INTEGER NOT NULL CHECK (major >= 0),
    minor INTEGER NOT NULL CHECK (minor >= 0),
    state TEXT NOT NULL CHECK (state IN ('draft', 'piloted', 'feedback', 'released', 'superseded')),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    release_notes TEXT NOT NULL DEFAULT '',
    based_on BLOB REFERENCES pack (id),
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL DEFAULT '',
    released_at TEXT,
    UNIQUE (course_id, language, major, minor)
) STRICT;

CREATE TABLE pack_module (
    id BLOB PRIMARY KEY,
    pack_id BLOB NOT NULL REFERENCES pack (id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL DEFAULT '',
    objectives TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    updated_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX pack_module_pack ON pack_module (pack_id, position);

CREATE TABLE session_plan (
    id BLOB PRIMARY KEY,
    module_id BLOB NOT NULL REFERENCES pack_module (id),
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    method TEXT NOT NULL CHECK (method IN ('lecture', 'discussion', 'exercise', 'case', 'demonstration', 'mock_hearing', 'review')),
    objectives TEXT NOT NULL DEFAULT '',
    -- For trainers only.
    notes TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    updated_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX session_plan_module ON session_plan (module_id, position);

CREATE TABLE material (
    id BLOB PRIMARY KEY,
    module_id BLOB NOT NULL REFERENCES pack_module (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('lesson', 'file', 'link')),
    title TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes >= 0),
    body TEXT NOT NULL DEFAULT '',
    file_id BLOB REFERENCES file (id),
    url TEXT NOT NULL DEFAULT '',
    trainer_only INTEGER NOT NULL DEFAULT FALSE,
    version INTEGER NOT NULL DEFAULT 1,
    updated_by TEXT NOT NULL DEFAULT '',
    CHECK (kind <> 'file' OR file_id IS NOT NULL)
) STRICT;
CREATE INDEX material_module ON material (module_id, position);
CREATE INDEX material_file ON material (file_id);
