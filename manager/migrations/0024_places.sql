-- Queues, locks and limits of nodes; what the control of starts and times keeps of a session and its units.
-- Oldest release that may run on it: 0.1.0
--
-- `control`: {queued: {since, key}, delayed: {start, end}, ...}. A session that waits in a queue has the state `running` here, for those who
-- ask what is open, and `queued` in its control.
ALTER TABLE session ADD COLUMN control jsonb;
ALTER TABLE session_unit ADD COLUMN control jsonb;

CREATE TABLE job_limit (
    kind text NOT NULL CHECK (kind IN ('queue', 'lock', 'node_limit')),
    name text NOT NULL,
    definition jsonb NOT NULL,
    -- {by, at, reason}: nothing new gets a place.
    paused jsonb,
    revision integer NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    PRIMARY KEY (kind, name)
);
