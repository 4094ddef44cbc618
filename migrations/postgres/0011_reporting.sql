-- Reach by project, area and course, kept by a job: participations, and each person once.
-- '*' stands for all of a kind, since unique persons do not add up; '' for what the record does
-- not say. Areas are those people come from.
CREATE TABLE reach (
    project_key TEXT NOT NULL,
    area_code TEXT NOT NULL,
    course_slug TEXT NOT NULL,
    deliveries BIGINT NOT NULL,
    participations BIGINT NOT NULL,
    persons BIGINT NOT NULL,
    completions BIGINT NOT NULL,
    refreshed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (project_key, area_code, course_slug)
);
