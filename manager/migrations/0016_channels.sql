-- Named channels: where notifications go, shared by rules and escalations.
-- Oldest release that may run on it: 0.1.0
CREATE TABLE notification_channel (
    name text PRIMARY KEY,
    -- The channel without its secrets.
    definition jsonb NOT NULL,
    -- As of notification_rule.
    secret_box bytea,
    revision bigint NOT NULL DEFAULT nextval('notification_rule_revision'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL
);
