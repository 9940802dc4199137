-- MIB modules that people have uploaded, users of SNMPv3, and tokens for custom traps.
-- Oldest release that may run on it: 0.1.0

CREATE TABLE mib_module (
    name text PRIMARY KEY,
    -- Of the whole file, so that lines are those of the file; it may hold several modules.
    text text NOT NULL,
    file_name text NOT NULL,
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    uploaded_by text NOT NULL
);

CREATE TABLE snmp_user (
    name text PRIMARY KEY,
    auth text NOT NULL,
    priv text NOT NULL,
    engine_id text,
    -- Both passwords, sealed; null: it has none.
    secret_box bytea,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL
);

CREATE TABLE trap_token (
    name text PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL
);
