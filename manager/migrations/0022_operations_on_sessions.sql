-- What operators mark on sessions and units (holds, pauses, results set by hand), and attempts that are killed or closed by hand.
-- Oldest release that may run on it: 0.1.0
ALTER TABLE session ADD COLUMN marks jsonb;
ALTER TABLE session_unit ADD COLUMN marks jsonb;
-- `kill_requested`: the cancel is one without grace. `by_hand`: {by, at, late}: who has closed it, and what its agent said of it afterwards.
ALTER TABLE attempt ADD COLUMN kill_requested boolean NOT NULL DEFAULT false, ADD COLUMN by_hand jsonb;
-- Few rows at any time: what agents may still have to say of attempts that were closed by hand.
CREATE INDEX attempt_closed_by_hand ON attempt (session_id) WHERE by_hand IS NOT NULL AND by_hand->>'late' IS NULL;

-- Scheduled starts that an operator has moved: each is begun once, at its new time, and its row goes in the same transaction.
CREATE TABLE moved_start (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    net text NOT NULL,
    schedule text NOT NULL,
    -- When the schedule had it.
    planned_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    moved_by text NOT NULL,
    reason text,
    moved_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX moved_start_at ON moved_start (at, id);
