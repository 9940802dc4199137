-- As which users of the operating system units may run, where (settings "run_as"). Without rules of its own a manager lets units run as the user
-- of the agent alone. Where job nets name users or groups already they go on as before: an open rule is written, to be narrowed by people.
-- Oldest release that may run on it: 0.1.0
INSERT INTO setting (section, value, revision, updated_by)
SELECT 'run_as', '{"rules": [{"users": ["*"], "groups": ["*"]}]}', 1, 'upgrade'
WHERE EXISTS (
    SELECT FROM net n JOIN net_revision r ON r.net = n.name AND r.revision = n.revision
    WHERE jsonb_path_exists(r.definition, 'lax $.units.**.user') OR jsonb_path_exists(r.definition, 'lax $.units.**."group"')
)
ON CONFLICT (section) DO NOTHING;
