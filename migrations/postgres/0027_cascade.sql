-- The cascade, kept by a job: for a cohort, a project or a course who was trained as a trainer, what
-- they gave, and whom it reached. Everything here is made anew from deliveries, trainers and places, and
-- names no other table: what has gone is gone with the next counting. The scope's id is that of its cohort,
-- project or course.
CREATE TABLE cascade_scope (
    scope_id UUID PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cohort', 'project', 'course')),
    -- Deliveries of the tree whose day the documents do not give.
    undated BIGINT NOT NULL,
    refreshed_at TIMESTAMPTZ NOT NULL
);

-- Numbers of a generation, an area, a year and a course, each possibly all of a kind (-1 or '*'), since
-- unique people do not add up; 0 and '' for what the record does not say. All generations are those from
-- the first on: generation 0 is the training of the trainers themselves. Areas are those people come from.
CREATE TABLE cascade_cell (
    scope_id UUID NOT NULL,
    generation BIGINT NOT NULL,
    area_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    course_slug TEXT NOT NULL,
    deliveries BIGINT NOT NULL,
    trainers BIGINT NOT NULL,
    participations BIGINT NOT NULL,
    persons BIGINT NOT NULL,
    -- Deliveries among them that keep no names, and the people counted there.
    sealed BIGINT NOT NULL,
    heads BIGINT NOT NULL,
    -- Deliveries by the share of their trainers who are of the tree, and by the share of their projects
    -- that the project is, in parts of 720,720: a number that up to sixteen divide without a rest.
    by_trainers BIGINT NOT NULL,
    by_payers BIGINT NOT NULL,
    PRIMARY KEY (scope_id, generation, area_code, year, course_slug)
);
CREATE INDEX cascade_cell_year ON cascade_cell (scope_id, year, course_slug);

CREATE TABLE cascade_delivery (
    scope_id UUID NOT NULL,
    delivery_id UUID NOT NULL,
    generation BIGINT NOT NULL,
    year BIGINT NOT NULL,
    course_slug TEXT NOT NULL,
    starts_on DATE,
    -- The first day, or the beginning of all days where it is not known: what lists are sorted by.
    sort_on DATE NOT NULL,
    -- Where its people come from, as ';AL;BA;'.
    areas TEXT NOT NULL,
    places BIGINT NOT NULL,
    heads BIGINT NOT NULL,
    -- Trainers of the tree, and all.
    ours BIGINT NOT NULL,
    trainers BIGINT NOT NULL,
    -- Whether the project pays, and how many projects do.
    paid BOOLEAN NOT NULL,
    payers BIGINT NOT NULL,
    PRIMARY KEY (scope_id, delivery_id)
);
CREATE INDEX cascade_delivery_sort ON cascade_delivery (scope_id, sort_on, delivery_id);

-- Who was trained as a trainer, or took part and later gave a delivery: each once.
CREATE TABLE cascade_trainer (
    scope_id UUID NOT NULL,
    person_id UUID NOT NULL,
    generation BIGINT NOT NULL,
    area_code TEXT NOT NULL,
    -- Whether a training of trainers was completed, and the first day on which a delivery counts.
    graduate BOOLEAN NOT NULL,
    counts_from DATE,
    -- By which delivery.
    by_delivery_id UUID,
    -- Deliveries given, and the first day of the last that has one.
    deliveries BIGINT NOT NULL,
    last_on DATE,
    PRIMARY KEY (scope_id, person_id)
);
CREATE INDEX cascade_trainer_area ON cascade_trainer (scope_id, generation, area_code);
CREATE INDEX cascade_trainer_by ON cascade_trainer (scope_id, by_delivery_id);

-- When somebody was last reminded that they have not given a delivery for long.
CREATE TABLE cascade_reminder (
    person_id UUID PRIMARY KEY REFERENCES person (id),
    sent_at TIMESTAMPTZ NOT NULL,
    sent_by_name TEXT NOT NULL
);
