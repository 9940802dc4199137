-- Job nets, their sessions and what the commands wrote.

-- What is in force. Deleting a net deletes this row alone; its revisions stay as long as a session shows one.
CREATE TABLE net (
    name text PRIMARY KEY,
    revision integer NOT NULL,
    title text,
    unit_count integer NOT NULL,
    -- The list of nets says when each runs next without opening the definitions.
    timezone text NOT NULL,
    schedules jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL
);

-- Every form that a net ever had. Rows are only added: a session refers to the one it was started from, which is its full copy. A net
-- that is deleted and made anew goes on counting, so an old ETag cannot fit a new net.
CREATE TABLE net_revision (
    net text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    title text,
    definition jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (net, revision)
);
ALTER TABLE net ADD FOREIGN KEY (name, revision) REFERENCES net_revision (net, revision);

-- Up to when the starts of a schedule have been decided. Written with the sessions that they gave.
CREATE TABLE schedule_state (
    net text NOT NULL REFERENCES net (name) ON DELETE CASCADE,
    schedule text NOT NULL,
    last_checked timestamptz NOT NULL,
    PRIMARY KEY (net, schedule)
);

CREATE TABLE session (
    id bigint PRIMARY KEY,
    nonce text NOT NULL,
    net text NOT NULL,
    net_revision integer NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'stopping', 'stopped', 'ended')),
    end_status text CHECK (end_status IN ('normal', 'warning', 'abnormal', 'unknown')),
    run integer NOT NULL,
    trigger jsonb NOT NULL,
    parameters jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    stopped_by text,
    revision bigint NOT NULL,
    unit_counts jsonb NOT NULL,
    FOREIGN KEY (net, net_revision) REFERENCES net_revision (net, revision)
    -- Rows change several times a second while they run: room for the new versions on the same page keeps the indexes untouched.
) WITH (fillfactor = 60);
-- Sessions of a net, newest first, and the last one of each.
CREATE INDEX session_net ON session (net, id);
-- What a starting manager takes up again.
CREATE INDEX session_unfinished ON session (id) WHERE state IN ('running', 'stopping');
CREATE INDEX session_stopped ON session (id) WHERE state = 'stopped';
CREATE INDEX session_trouble ON session (end_status, id) WHERE end_status IN ('warning', 'abnormal', 'unknown');
-- Which sessions hold a revision, for the foreign key and for later cleaning.
CREATE INDEX session_revision ON session (net, net_revision);

-- A unit without a row is as its definition begins it. `unit` is its index in the plan of the session's revision.
-- No foreign key: the engine writes it in one transaction with its session, tens of thousands of rows a second.
CREATE TABLE session_unit (
    session_id bigint NOT NULL,
    unit integer NOT NULL,
    state text NOT NULL,
    end_status text,
    run integer NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    retry_at timestamptz,
    reason text,
    stopped_by text,
    PRIMARY KEY (session_id, unit)
) WITH (fillfactor = 50);

-- The key is the attempt's id in its parts; only the session's nonce is not repeated here.
CREATE TABLE attempt (
    session_id bigint NOT NULL,
    unit integer NOT NULL,
    run integer NOT NULL,
    node_index integer NOT NULL,
    try integer NOT NULL,
    node text NOT NULL,
    created_at timestamptz NOT NULL,
    state text NOT NULL,
    cancel_requested boolean NOT NULL DEFAULT false,
    end_status text,
    -- Wide, because agents of any kind of host report them.
    pid bigint,
    exit_code bigint,
    signal text,
    reason text,
    timed_out boolean NOT NULL DEFAULT false,
    started_at timestamptz,
    ended_at timestamptz,
    stdout_bytes bigint NOT NULL DEFAULT 0,
    stderr_bytes bigint NOT NULL DEFAULT 0,
    output_cut boolean NOT NULL DEFAULT false,
    -- Of both streams, behind the unit's limit.
    dropped_bytes bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, unit, run, node_index, try)
) WITH (fillfactor = 50);

-- What commands wrote, byte for byte, in pieces as the agents send them. `position` is that of the first byte.
CREATE TABLE attempt_output (
    session_id bigint NOT NULL,
    unit integer NOT NULL,
    run integer NOT NULL,
    node_index integer NOT NULL,
    try integer NOT NULL,
    stream text NOT NULL CHECK (stream IN ('stdout', 'stderr')),
    position bigint NOT NULL CHECK (position >= 0),
    bytes bytea NOT NULL,
    PRIMARY KEY (session_id, unit, run, node_index, try, stream, position)
);

-- The caller's own keys of "run now": the same key gives the same session. Kept for a day.
CREATE TABLE run_key (
    net text NOT NULL,
    key text NOT NULL,
    session_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (net, key)
);
CREATE INDEX run_key_age ON run_key (created_at);
