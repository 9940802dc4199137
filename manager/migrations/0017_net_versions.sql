-- Who changed a job net, how and why; and revisions that come into force at a date.
-- Oldest release that may run on it: 0.1.0

ALTER TABLE net_revision
    -- How it came to be. `prepare`: kept for a release, it has not been in force by itself.
    ADD COLUMN kind text NOT NULL DEFAULT 'put' CHECK (kind IN ('put', 'apply', 'restore', 'release', 'prepare')),
    ADD COLUMN reason text,
    -- Of a restore and a release: whose content it has.
    ADD COLUMN from_revision integer,
    -- The net was deleted while this revision was in force. The revisions stay: they can be read and restored.
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN deleted_by text,
    ADD COLUMN delete_reason text;

-- Each is carried out once, in the transaction that closes its row.
CREATE TABLE net_release (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    net text NOT NULL,
    -- What comes into force.
    revision integer NOT NULL,
    -- What was in force when it was planned; null: there was no such net.
    base_revision integer,
    -- The highest revision at that moment, in force or not: what is higher was made since.
    planned_head integer NOT NULL,
    at timestamptz NOT NULL,
    if_changed text NOT NULL CHECK (if_changed IN ('refuse', 'replace')),
    reason text,
    planned_at timestamptz NOT NULL,
    planned_by text NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'released', 'refused', 'cancelled')),
    closed_at timestamptz,
    closed_by text,
    outcome text CHECK (outcome IN ('in_force', 'unchanged', 'changed', 'invalid', 'cancelled', 'net_deleted')),
    detail text,
    -- The revision that the release made; null where the content was in force already.
    released_revision integer,
    CHECK ((state = 'planned') = (closed_at IS NULL)),
    FOREIGN KEY (net, revision) REFERENCES net_revision (net, revision)
);
CREATE INDEX net_release_due ON net_release (at, id) WHERE state = 'planned';
CREATE INDEX net_release_net ON net_release (net, id);
