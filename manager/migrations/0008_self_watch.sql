-- What the manager has told of itself and not yet taken back: a restart or a take-over neither repeats it nor forgets it.
-- Oldest release that may run on it: 0.1.0

CREATE TABLE self_watch (
    id text PRIMARY KEY,
    level text NOT NULL CHECK (level IN ('warning', 'critical')),
    since timestamptz NOT NULL DEFAULT now()
);
