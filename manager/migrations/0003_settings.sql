-- Settings that people change while the manager runs: one row for each section that was ever written.

CREATE TABLE setting (
    section text PRIMARY KEY,
    value jsonb NOT NULL,
    revision bigint NOT NULL CHECK (revision > 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL
);
