-- What became of each backup: the archive was read again after it was written, or this says what went wrong.
CREATE TABLE backup (
    id UUID PRIMARY KEY,
    -- When it ended.
    at TIMESTAMPTZ NOT NULL,
    verified BOOLEAN NOT NULL,
    -- Name of the archive, without its folder.
    archive TEXT NOT NULL,
    size BIGINT NOT NULL CHECK (size >= 0),
    -- Of the whole archive, in hexadecimal; empty where none was written.
    sha256 TEXT NOT NULL,
    -- How many files the database named that the store did not have, or not as they were received.
    lacking BIGINT NOT NULL CHECK (lacking >= 0),
    -- Empty when it was verified.
    problem TEXT NOT NULL
);
CREATE INDEX backup_at ON backup (at);
