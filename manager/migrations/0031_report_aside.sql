-- Reports of agents that could not be taken, whatever was tried: what they say cannot be stored, or breaks what is made of it. The copy here is what
-- acknowledges them, so that an agent's other reports do not wait behind them. Sealed, for a report may hold values of secret outputs.
-- Oldest release that may run on it: 0.1.0
CREATE TABLE report_aside (
    -- Made of node, attempt and number of the report: one that comes again is the same.
    key text PRIMARY KEY,
    node text NOT NULL,
    session_id bigint NOT NULL,
    attempt_id text NOT NULL,
    -- What the report says of the attempt: accepted, running, ended, unknown, refused.
    state text NOT NULL,
    reason text NOT NULL,
    put_aside_at timestamptz NOT NULL DEFAULT now(),
    secret_box bytea NOT NULL,
    -- The attempt was closed as unknown instead; false: the report is tried again.
    attempt_closed boolean NOT NULL DEFAULT false
);
CREATE INDEX report_aside_node ON report_aside (node);
