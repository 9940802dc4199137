-- Sessions that were given another definition while they were suspended.
-- Oldest release that may run on it: 0.1.0

-- By which numbers `session_unit`, `attempt` and all that hangs on them know the units of its plan: {next, runs: [[first, count], ...]}.
-- Null, as of nearly all: the number of a unit is its place in the plan.
ALTER TABLE session ADD COLUMN unit_numbers jsonb;

-- `session`: given to one session, never in force by itself.
ALTER TABLE net_revision
    DROP CONSTRAINT net_revision_kind_check,
    ADD CONSTRAINT net_revision_kind_check CHECK (kind IN ('put', 'apply', 'restore', 'release', 'prepare', 'session'));
