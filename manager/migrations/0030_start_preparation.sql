-- Starts that have not come yet and of which an operator has said something beforehand: what the session is to be like, or that it is not to come.
-- Oldest release that may run on it: 0.1.0
CREATE TABLE start_preparation (
    -- Another one with each change: whoever changes it says by it what he has seen.
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    net text NOT NULL,
    schedule text NOT NULL,
    -- When the schedule has it. A start that is moved keeps what was said of it.
    planned_at timestamptz NOT NULL,
    -- The schedule does not make it: skipped, moved, or begun by hand, though it was not the next one.
    left_out text CHECK (left_out IN ('skipped', 'moved', 'begun')),
    -- {hold, units, parameters, secrets, priority}; null: nothing but that it is left out.
    wish jsonb,
    -- Values of its secret parameters, bound to the id.
    secret_box bytea,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL,
    reason text,
    UNIQUE (net, schedule, planned_at)
);

-- Raised with each of them: a start that was decided before, and is stored afterwards, comes to nothing and is decided again.
ALTER TABLE schedule_state ADD COLUMN preparation_revision integer NOT NULL DEFAULT 0;
