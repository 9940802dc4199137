-- As which users of the operating system units may run, where (settings "run_as"). Without rules of its own a manager lets units run as the user
-- of the agent alone. Where job nets name users or groups already they go on as before: an open rule is written, to be narrowed by people.
-- All revisions count: one may be in force soon, by a release or a restore, or be what an open session runs; so do commands of channels,
-- and start conditions that watch files.
-- Oldest release that may run on it: 0.1.0
INSERT INTO setting (section, value, revision, updated_by)
SELECT 'run_as', '{"rules": [{"users": ["*"], "groups": ["*"]}]}', 1, 'upgrade'
WHERE EXISTS (
    SELECT FROM net_revision r
    WHERE jsonb_path_exists(r.definition, 'lax $.units.**.user') OR jsonb_path_exists(r.definition, 'lax $.units.**."group"')
        OR jsonb_path_exists(r.definition, 'lax $.start_conditions.**.user')
) OR EXISTS (
    SELECT FROM notification_channel c WHERE jsonb_path_exists(c.definition, 'lax $.** ? (@.type == "command").user')
)
ON CONFLICT (section) DO NOTHING;

-- Whose right to start other nets is asked when units of the revision do. Null: nobody's, for what was saved before that was asked, and for the
-- owner of the host, who is no user though he goes by the name of one. Of a release: of the revision that it will make.
ALTER TABLE net_revision ADD COLUMN starts_asked_of text;
ALTER TABLE net_release ADD COLUMN starts_asked_of text;
