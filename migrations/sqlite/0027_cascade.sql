-- The cascade, kept by a job: for a cohort, a project or a course who was trained as a trainer, what
-- they gave, and whom it reached. Everything here is made anew from deliveries, trainers and places, and
-- names no other table: what has gone is gone with the next counting. The scope's id is that of its cohort,
-- project or course.
CREATE TABLE cascade_scope (
    scope_id BLOB PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cohort', 'project', 'course')),
    -- Deliveries of the tree whose day the documents do not give.
    undated INTEGER NOT NULL,
    refreshed_at TEXT NOT NULL
) STRICT;

-- Numbers of a generation, an area, a year and a course, each possibly all of a kind (-1 or '*'), since
-- unique people do not add up; 0 and '' for what the record does not say. All generations are those from
-- the first on: generation 0 is the training of the trainers themselves. Areas are those people come from.
CREATE TABLE cascade_cell (
    scope_id BLOB NOT NULL,
    generation INTEGER NOT NULL,
    area_code TEXT NOT NULL,
    year INTEGER NOT NULL,
    course_slug TEXT NOT NULL,
    deliveries INTEGER NOT NULL,
    trainers INTEGER NOT NULL,
    participations INTEGER NOT NULL,
    persons INTEGER NOT NULL,
    -- Deliveries among them that keep no names, and the people counted there.
    sealed INTEGER NOT NULL,
    heads INTEGER NOT NULL,
    -- Deliveries by the share of their trainers who are of the tree, and by the share of their projects
    -- that the project is, in parts of 720,720: a number that up to sixteen divide without a rest.
    by_trainers INTEGER NOT NULL,
    by_payers INTEGER NOT NULL,
    PRIMARY KEY (scope_id, generation, area_code, year, course_slug)
) STRICT;
CREATE INDEX cascade_cell_year ON cascade_cell (scope_id, year, course_slug);

CREATE TABLE cascade_delivery (
    scope_id BLOB NOT NULL,
    delivery_id BLOB NOT NULL,
    generation INTEGER NOT NULL,
    year INTEGER NOT NULL,
    course_slug TEXT NOT NULL,
    starts_on TEXT,
    -- The first day, or the beginning of all days where it is not known: what lists are sorted by.
    sort_on TEXT NOT NULL,
    -- Where its people come from, as ';AL;BA;'.
    areas TEXT NOT NULL,
    places INTEGER NOT NULL,
    heads INTEGER NOT NULL,
    -- Trainers of the tree, and all.
    ours INTEGER NOT NULL,
    trainers INTEGER NOT NULL,
    -- Whether the project pays, and how many projects do.
    paid INTEGER NOT NULL,
    payers INTEGER NOT NULL,
    PRIMARY KEY (scope_id, delivery_id)
) STRICT;
CREATE INDEX cascade_delivery_sort ON cascade_delivery (scope_id, sort_on, delivery_id);

-- Who was trained as a trainer, or took part and later gave a delivery: each once.
CREATE TABLE cascade_trainer (
    scope_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    generation INTEGER NOT NULL,
    area_code TEXT NOT NULL,
    -- Whether a training of trainers was completed, and the first day on which a delivery counts.
    graduate INTEGER NOT NULL,
    counts_from TEXT,
    -- By which delivery.
    by_delivery_id BLOB,
    -- Deliveries given, and the first day of the last that has one.
    deliveries INTEGER NOT NULL,
    last_on TEXT,
    PRIMARY KEY (scope_id, person_id)
) STRICT;
CREATE INDEX cascade_trainer_area ON cascade_trainer (scope_id, generation, area_code);
CREATE INDEX cascade_trainer_by ON cascade_trainer (scope_id, by_delivery_id);

-- When somebody was last reminded that they have not given a delivery for long.
CREATE TABLE cascade_reminder (
    person_id BLOB PRIMARY KEY REFERENCES person (id),
    sent_at TEXT NOT NULL,
    sent_by_name TEXT NOT NULL
) STRICT;
