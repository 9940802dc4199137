-- Users with roles, lock-out and password history, sign-ins that can be named, tokens with limits, and an audit log that can be searched.
-- Oldest release that may run on it: 0.1.0

-- Roles that people made. The built-in ones are part of the program and have no row here.
CREATE SEQUENCE role_revision;
CREATE TABLE role (
    name text PRIMARY KEY,
    title text,
    description text,
    grants jsonb NOT NULL,
    -- Never repeats: an old ETag cannot fit a role that was deleted and made anew.
    revision bigint NOT NULL DEFAULT nextval('role_revision'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL
);

CREATE SEQUENCE user_revision;
ALTER TABLE app_user
    ADD COLUMN title text,
    -- Names of roles, built-in ones too. A role that users have is not deleted.
    ADD COLUMN roles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN disabled boolean NOT NULL DEFAULT false,
    -- Wrong passwords in a row, and until when they lock the user out.
    ADD COLUMN failures integer NOT NULL DEFAULT 0,
    ADD COLUMN locked_until timestamptz,
    ADD COLUMN last_sign_in_at timestamptz,
    -- The one-time password of the first start, which lies in a file on the host until it is replaced.
    ADD COLUMN initial_password boolean NOT NULL DEFAULT false,
    ADD COLUMN revision bigint NOT NULL DEFAULT nextval('user_revision');
CREATE INDEX app_user_roles ON app_user USING gin (roles);
-- Who could sign in until now could do everything.
UPDATE app_user SET roles = '{administrator}';
UPDATE app_user SET initial_password = must_change_password WHERE name = 'admin';

-- Passwords that a user had, the newest last; as many as the policy can ask for.
CREATE TABLE former_password (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    password_hash text NOT NULL
);
CREATE INDEX former_password_user ON former_password (user_id, id);

ALTER TABLE sign_in
    -- The name of a sign-in in lists; the hash of its secret stays inside.
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN user_agent text,
    -- The password had expired: it is replaced before anything else.
    ADD COLUMN password_expired boolean NOT NULL DEFAULT false;

ALTER TABLE api_token
    -- Null: all rights of the user.
    ADD COLUMN rights text[],
    ADD COLUMN folder text,
    ADD COLUMN scope text,
    -- The command line of the host belongs to whoever owns the host, not to a user that can be deleted.
    ALTER COLUMN user_id DROP NOT NULL,
    ADD CHECK (user_id IS NOT NULL OR kind = 'local');
UPDATE api_token SET user_id = NULL WHERE kind = 'local';

CREATE INDEX audit_target ON audit (target, id) WHERE target IS NOT NULL;
CREATE INDEX audit_at ON audit (at, id);
