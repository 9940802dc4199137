-- Nets inside nets, variables of units, and secrets.
-- Oldest release that may run on it: 0.1.0

ALTER TABLE session
    -- The revision of each net that its net refers to, by name, as it was at the start; null: it refers to none.
    ADD COLUMN net_references jsonb,
    -- Its secret parameters and the secret outputs of its units.
    ADD COLUMN secret_box bytea;
-- What a rotation of the key looks through.
CREATE INDEX session_secret ON session (id) WHERE secret_box IS NOT NULL;

-- Outputs of a unit, and the parameters of a reference; null for nearly all.
ALTER TABLE session_unit ADD COLUMN variables jsonb;

-- Secrets that definitions name as {{secret.NAME}}.
CREATE TABLE secret (
    name text PRIMARY KEY,
    description text,
    secret_box bytea NOT NULL,
    revision bigint NOT NULL DEFAULT nextval('notification_rule_revision'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL
);
