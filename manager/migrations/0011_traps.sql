-- Traps as they came, how far the journals of the intakes have been read, and what waits for its copy from the other host.
-- Oldest release that may run on it: 0.1.0
--
-- Expand: new tables alone. An older release reads no intake and leaves them as they are.

-- One row for each record that is no copy. Months of recorded_at, made ahead by the manager, dropped whole (manager/src/retention).
CREATE TABLE trap (
    -- Rises by one; given out by the manager (trap_state.next_id), so that rows can be copied in.
    id bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    -- By the clock of the host that heard it.
    received_at timestamptz NOT NULL,
    -- Where it lies in which journal.
    seq bigint NOT NULL,
    slot smallint NOT NULL,
    port integer NOT NULL,
    -- recordFlags (protocol/src/intake/record.ts).
    flags smallint NOT NULL,
    -- The copy of the other host was known when it was written. Later ones are not noted here.
    heard_both boolean NOT NULL,
    -- What would tell whether it is a copy was given up: it may be one.
    perhaps_repeat boolean NOT NULL,
    -- A rule of a trap monitor has fitted.
    matched boolean NOT NULL,
    -- syslog, snmp, custom; control: what an intake says of its own hearing.
    protocol text NOT NULL,
    address inet NOT NULL,
    -- Node or name given by an alias; null: nobody knows this sender.
    node text,
    -- Whom it says it is about.
    host text,
    -- Why it could not be understood or stored as it should have been.
    malformed text,
    -- As people read it, where that does not stand in raw (SNMP).
    text text,
    -- What the receiver knew beside the message (JSON).
    extra text,
    raw bytea NOT NULL
) PARTITION BY RANGE (recorded_at);
CREATE TABLE trap_other PARTITION OF trap DEFAULT;
-- Ids rise: the newest come first, and one is found by its number. Everything else reads a span of time.
CREATE INDEX trap_id ON trap (id);
CREATE INDEX trap_received ON trap USING brin (received_at) WITH (pages_per_range = 32, autosummarize = on);

-- The journals of both hosts. A host that keeps a new journal takes the slot of its old one.
CREATE TABLE trap_journal (
    slot smallint PRIMARY KEY CHECK (slot IN (0, 1)),
    journal_id text NOT NULL,
    -- Name of the host, for people.
    host text NOT NULL,
    -- Everything up to here is in the tables.
    seq bigint NOT NULL,
    -- Microseconds since 1970. Nothing older will still be read of it.
    horizon_us bigint NOT NULL,
    -- Marks of messages that were received before may be missing.
    lost_until_us bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE TABLE trap_state (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    next_id bigint NOT NULL,
    -- Key of the fingerprints.
    hash_low bigint NOT NULL,
    hash_high bigint NOT NULL
) WITH (fillfactor = 50);

-- Records of one host that have not met their copy (core/src/traps/pairing).
CREATE TABLE trap_mark (
    id bigint PRIMARY KEY,
    slot smallint NOT NULL,
    from_us bigint NOT NULL,
    to_us bigint NOT NULL,
    count integer NOT NULL,
    -- segment-codec.ts
    marks bytea NOT NULL
);
-- Those of them that have met it since.
CREATE TABLE trap_mark_used (
    mark_id bigint NOT NULL,
    places bytea NOT NULL
);
CREATE INDEX trap_mark_used_mark ON trap_mark_used (mark_id);

-- Idempotency keys of custom traps, with the sender, that were heard of late: a repeat is none of its own, also after its copy was forgotten.
CREATE TABLE trap_key (
    key text PRIMARY KEY,
    heard_at timestamptz NOT NULL
);
CREATE INDEX trap_key_heard ON trap_key USING brin (heard_at);
