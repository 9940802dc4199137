-- Backups that were tried, so that a missed one is made up and people see when the last one was made.
-- Oldest release that may run on it: 0.1.0

CREATE TABLE backup_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause text NOT NULL CHECK (cause IN ('schedule', 'person')),
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    ok boolean NOT NULL,
    name text,
    directory text NOT NULL,
    host text NOT NULL,
    bytes bigint,
    holds_until timestamptz,
    says text NOT NULL,
    CHECK (ok = (name IS NOT NULL))
);
CREATE INDEX backup_run_made ON backup_run (id) WHERE ok;
CREATE INDEX backup_run_failed ON backup_run (id) WHERE NOT ok;
