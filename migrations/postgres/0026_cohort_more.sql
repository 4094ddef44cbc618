-- Append-only: every change of a member's state.
CREATE TABLE cohort_member_change (
    id UUID PRIMARY KEY,
    member_id UUID NOT NULL REFERENCES cohort_member (id),
    at TIMESTAMPTZ NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL CHECK (to_state IN ('proposed', 'selected', 'reserve', 'refused', 'left')),
    changed_by UUID REFERENCES person (id),
    changed_by_name TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX cohort_member_change_member ON cohort_member_change (member_id, at, id);

-- What a trainer lets others see. Without a row, or without consent, nothing is public.
CREATE TABLE trainer_profile (
    person_id UUID PRIMARY KEY REFERENCES person (id),
    consented_at TIMESTAMPTZ,
    -- Which parts the consent is for.
    shows TEXT NOT NULL DEFAULT '',
    -- Whether strangers may write through the system.
    contact BOOLEAN NOT NULL DEFAULT FALSE,
    languages TEXT NOT NULL DEFAULT '',
    about TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX trainer_profile_public ON trainer_profile (consented_at) WHERE consented_at IS NOT NULL;

-- When a trainer cannot teach.
CREATE TABLE trainer_away (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    CHECK (ends_on >= starts_on)
);
CREATE INDEX trainer_away_person ON trainer_away (person_id, ends_on);
