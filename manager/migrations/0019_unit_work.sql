-- What waits inside the manager: what a unit's type remembers of its run, mails of units in the outbox, and start conditions of job nets.
-- Oldest release that may run on it: 0.1.0

-- Small JSON that belongs to the unit's type; NULL for most.
ALTER TABLE session_unit ADD COLUMN memo jsonb;

-- A delivery that a unit has ordered, and not a rule: which run of which unit. One at most for each.
ALTER TABLE delivery
    ADD COLUMN unit_session bigint,
    ADD COLUMN unit_index integer,
    ADD COLUMN unit_run integer,
    -- Recipients, subject and text of a mail that a unit sends.
    ADD COLUMN mail jsonb;
CREATE UNIQUE INDEX delivery_unit ON delivery (unit_session, unit_index, unit_run) WHERE unit_session IS NOT NULL AND mail IS NOT NULL;

-- Start conditions of a net, as far as they have been looked at. Written in the transaction of each session that they start.
CREATE TABLE net_watch (
    net text PRIMARY KEY REFERENCES net (name) ON DELETE CASCADE,
    -- Of the net, when the conditions last changed: others begin to watch anew.
    conditions jsonb NOT NULL,
    since timestamptz NOT NULL,
    -- Ended by somebody, until he begins it again.
    enabled boolean NOT NULL DEFAULT true,
    -- Events up to this number have been looked at.
    position bigint NOT NULL,
    -- Which conditions hold so far, what waits for its turn, how often it has started.
    state jsonb NOT NULL,
    revision bigint NOT NULL DEFAULT 1
);
