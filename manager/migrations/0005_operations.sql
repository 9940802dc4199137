-- What operators freeze, and maintenance windows.
-- Oldest release that may run on it: 0.1.0

-- One row for each freeze. Those that have ended are kept for a while: a start that fell due in one is decided at its end, even if the
-- manager went away in that moment.
CREATE TABLE work_freeze (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place_kind text NOT NULL CHECK (place_kind IN ('manager', 'folder', 'net', 'scope', 'node')),
    -- Empty for the manager.
    place_name text NOT NULL,
    reason text NOT NULL,
    frozen_by text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    ended_at timestamptz,
    ended_by text
);
-- A place is frozen once; and what the manager reads at its start.
CREATE UNIQUE INDEX work_freeze_in_force ON work_freeze (place_kind, place_name) WHERE ended_at IS NULL;
CREATE INDEX work_freeze_ended ON work_freeze (ended_at);

CREATE TABLE maintenance_window (
    name text PRIMARY KEY,
    revision bigint NOT NULL CHECK (revision > 0),
    definition jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    -- Start of the time whose beginning has been said and whose end has not; null outside.
    open_since timestamptz
);

-- A delivery that a maintenance window keeps back is there, and is never sent.
ALTER TABLE delivery DROP CONSTRAINT delivery_state_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_state_check CHECK (state IN ('pending', 'sent', 'failed', 'suppressed'));
ALTER TABLE delivery ADD COLUMN suppressed_by text;
CREATE INDEX delivery_suppressed ON delivery (suppressed_by, id) WHERE suppressed_by IS NOT NULL;
