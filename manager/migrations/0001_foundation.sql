-- The tables that every other part stands on: who this manager is, who may use it, which nodes it knows, what happened, and whom it told.
-- A migration never changes once it has been released; a correction is a new file.

-- The manager itself. One row, made at the first start. The term rises by one at each start; agents refuse a lower one than they have seen.
CREATE TABLE manager_identity (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    manager_id text NOT NULL,
    term bigint NOT NULL DEFAULT 0 CHECK (term >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz
);

-- Access.

CREATE TABLE app_user (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    -- PHC string: $argon2id$v=19$m=..,t=..,p=..$salt$hash
    password_hash text NOT NULL,
    must_change_password boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now()
);

-- One row for each cookie that is signed in. Only the SHA-256 of the cookie's value is kept.
CREATE TABLE sign_in (
    secret_hash bytea PRIMARY KEY CHECK (octet_length(secret_hash) = 32),
    user_id bigint NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    -- However busy it is, it ends here.
    expires_at timestamptz NOT NULL,
    address text
);
CREATE INDEX sign_in_user ON sign_in (user_id);
CREATE INDEX sign_in_expiry ON sign_in (expires_at);

CREATE TABLE api_token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    name text NOT NULL,
    secret_hash bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
    -- `local`: what the command line on this host signs in with; replaced at each start and shown in no list.
    kind text NOT NULL DEFAULT 'api' CHECK (kind IN ('api', 'local')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    -- Written at most once a minute for each token.
    last_used_at timestamptz,
    UNIQUE (user_id, kind, name)
);

CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    target text,
    details jsonb NOT NULL DEFAULT '{}',
    address text
);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_action ON audit (action, id);

-- Inventory.

CREATE TABLE node (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    agent_id text NOT NULL UNIQUE,
    hostname text NOT NULL,
    platform text NOT NULL,
    agent_version text NOT NULL,
    -- Where its agent last came from.
    address text,
    joined_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz,
    -- What the newest event said of its connection. A restart of manager or agent that is over within seconds changes nothing here.
    told_connected boolean NOT NULL DEFAULT false
);

-- The certificates that a node's agent may show. A renewed one makes the older ones void at its first use, so that an agent which
-- lost the answer to its renewal can still come back with the old one. Removing the node removes them: unknown is refused.
CREATE TABLE node_certificate (
    serial text PRIMARY KEY,
    node_id bigint NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    -- SHA-256 of the DER form.
    fingerprint bytea NOT NULL UNIQUE CHECK (octet_length(fingerprint) = 32),
    issued_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    first_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX node_certificate_node ON node_certificate (node_id);

CREATE TABLE scope (
    name text PRIMARY KEY,
    title text,
    parent text REFERENCES scope (name),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    CHECK (parent <> name)
);
CREATE INDEX scope_parent ON scope (parent);

CREATE TABLE scope_node (
    scope text NOT NULL REFERENCES scope (name) ON DELETE CASCADE,
    node_id bigint NOT NULL REFERENCES node (id) ON DELETE CASCADE,
    PRIMARY KEY (scope, node_id)
);
CREATE INDEX scope_node_node ON scope_node (node_id);

-- One-time tokens for new agents; only the SHA-256 of the secret part is kept.
CREATE TABLE join_token (
    secret_hash bytea PRIMARY KEY CHECK (octet_length(secret_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    used_by_node text
);
CREATE INDEX join_token_expiry ON join_token (expires_at);

-- Events and notifications.

-- Partitions are months of recorded_at, made ahead by the manager (so they are not part of the schema), dropped whole when events are
-- too old. recorded_at, not at: what a device or an agent says of the past still belongs to the month that is being written.
CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    at timestamptz NOT NULL,
    priority text NOT NULL CHECK (priority IN ('info', 'unknown', 'warning', 'critical')),
    code text NOT NULL,
    node text,
    -- details.session as a column, for "events of this session".
    session_id bigint,
    message text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    confirmed_at timestamptz,
    confirmed_by text,
    comment text,
    PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);
-- Catches what no month was made for (a clock that jumped): an event is never refused for its time.
CREATE TABLE event_other PARTITION OF event DEFAULT;
-- Each filter of the list pages newest first along its own index.
CREATE INDEX event_priority ON event (priority, id);
CREATE INDEX event_code ON event (code, id);
CREATE INDEX event_node ON event (node, id) WHERE node IS NOT NULL;
CREATE INDEX event_session ON event (session_id, id) WHERE session_id IS NOT NULL;
CREATE INDEX event_unconfirmed ON event (priority, id) WHERE confirmed_at IS NULL;
CREATE INDEX event_at ON event (at);

-- Never repeats a number, not even after a rule was deleted and made anew: an old ETag cannot fit a new rule.
CREATE SEQUENCE notification_rule_revision;

CREATE TABLE notification_rule (
    name text PRIMARY KEY,
    -- The rule without its secrets.
    definition jsonb NOT NULL,
    -- Secrets of its channel, AES-256-GCM with a key that lies in a file outside the database. Null: none.
    secret_box bytea,
    revision bigint NOT NULL DEFAULT nextval('notification_rule_revision'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL
);

-- The outbox. A row is written with the event that demands it, in one transaction; sending begins after the commit.
CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id bigint NOT NULL,
    rule text NOT NULL,
    channel text NOT NULL,
    -- The event as it was when it happened: later changes and dropped partitions do not matter to a message.
    payload jsonb NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed')),
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz DEFAULT now(),
    -- Start of the manager that is sending it now. One of an earlier start means: that manager ended before it knew the answer.
    sending_by text,
    -- An earlier try may have arrived although its answer was lost: the next one says that it is a repeat.
    maybe_delivered boolean NOT NULL DEFAULT false,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    CHECK ((state = 'pending') = (next_try_at IS NOT NULL))
);
CREATE INDEX delivery_due ON delivery (next_try_at, id) WHERE state = 'pending';
CREATE INDEX delivery_state ON delivery (state, id);
