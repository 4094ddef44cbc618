-- Reach by area and course, kept by a job: participations, and each person once.
-- '*' stands for all areas or all courses, since unique persons do not add up.
CREATE TABLE reach (
    area_code TEXT NOT NULL,
    course_id TEXT NOT NULL,
    deliveries INTEGER NOT NULL,
    participations INTEGER NOT NULL,
    persons INTEGER NOT NULL,
    completions INTEGER NOT NULL,
    refreshed_at TEXT NOT NULL,
    PRIMARY KEY (area_code, course_id)
) STRICT;
