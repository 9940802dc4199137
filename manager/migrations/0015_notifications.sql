-- Notifications remember: what was counted, told, gathered and kept back, chains of escalation, silences.
-- Oldest release that may run on it: 0.1.0
--
-- Expand: an older release sends what stands in `delivery` by the rule's own channel, and leaves the rest alone.

-- Events that some rule may want, written with them in one transaction. One loop takes them, decides, and deletes them in the transaction
-- that writes what it has decided: whoever dies in between loses nothing and doubles nothing.
CREATE TABLE notification_input (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    events json NOT NULL
);

-- What was decided so far: one value under a kind and a key (core/src/notifications/state.ts).
CREATE TABLE notification_state (
    kind text NOT NULL,
    key text NOT NULL,
    value json NOT NULL,
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 70);

-- Inhibitions and escalations.
CREATE TABLE notification_definition (
    kind text NOT NULL CHECK (kind IN ('inhibition', 'escalation')),
    name text NOT NULL,
    definition jsonb NOT NULL,
    revision bigint NOT NULL DEFAULT nextval('notification_rule_revision'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    PRIMARY KEY (kind, name)
);

CREATE TABLE silence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    match jsonb NOT NULL,
    reason text NOT NULL,
    from_at timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    made_by text NOT NULL,
    ended_at timestamptz,
    ended_by text,
    CHECK (until > from_at)
);
CREATE INDEX silence_open ON silence (until) WHERE ended_at IS NULL;

-- Chains, running and over, for people to read; the loop goes by its state.
CREATE TABLE escalation_run (
    rule text NOT NULL,
    event_id bigint NOT NULL,
    chain text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'acknowledged', 'cleared', 'exhausted', 'ended')),
    step integer NOT NULL,
    round integer NOT NULL,
    next_at timestamptz,
    event_ids bigint[] NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text,
    PRIMARY KEY (rule, event_id),
    CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE INDEX escalation_run_events ON escalation_run USING gin (event_ids);
CREATE INDEX escalation_run_ended ON escalation_run (ended_at) WHERE ended_at IS NOT NULL;

ALTER TABLE delivery
    -- The named channel; null: the rule's own.
    ADD COLUMN target text,
    -- What the message says beside its first event (`payload`); null: nothing more.
    ADD COLUMN body jsonb,
    -- Events that it lists, the first included, and how many it speaks of.
    ADD COLUMN event_ids bigint[],
    ADD COLUMN event_count integer NOT NULL DEFAULT 1,
    -- What kept it back: a maintenance window, a silence (its number) or an inhibition.
    ADD COLUMN suppressed_kind text CHECK (suppressed_kind IN ('maintenance', 'silence', 'inhibition')),
    -- The session that a channel has started.
    ADD COLUMN session_id bigint;
CREATE INDEX delivery_events ON delivery USING gin (event_ids) WITH (fastupdate = off);
CREATE INDEX delivery_event ON delivery (event_id);
