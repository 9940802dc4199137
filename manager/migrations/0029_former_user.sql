-- Users who were deleted, with the roles that they had: what they have left behind (starts of other nets, planned releases) goes on by these, and
-- what had been taken from them before stays taken. Who was deleted by an earlier release has no row, and is asked for nothing.
-- Oldest release that may run on it: 0.1.0
CREATE TABLE former_user (
    name text PRIMARY KEY,
    roles text[] NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT now(),
    deleted_by text NOT NULL
);
