-- What is old goes by whole partitions, never by a long DELETE; events can be searched for any text.
-- Oldest release that may run on it: 0.1.0
--
-- Expand: every table keeps its name and its columns, so an older release reads and writes them as before; it only makes no new partitions,
-- and its rows go to the last or to the other one. Nothing is contracted later. Tables that hold rows already become a partition as they are:
-- they are read once to prove their bounds, and not rewritten.

-- Takes a plain table as a partition of a new one by its name, with the same columns, indexes and foreign keys.
CREATE FUNCTION pg_temp.partition_table(whole text, part text, key text, primary_key text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    item record;
    statements text[] := '{}';
BEGIN
    EXECUTE format('ALTER TABLE %I RENAME TO %I', whole, part);
    FOR item IN
        SELECT c.relname AS name, x.indisprimary AS is_primary, regexp_replace(pg_get_indexdef(c.oid), ' ON (ONLY )?\S+ USING ', format(' ON %I USING ', whole)) AS definition
        FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid WHERE x.indrelid = part::regclass ORDER BY c.relname
    LOOP
        IF NOT item.is_primary THEN
            statements := statements || item.definition;
        END IF;
        EXECUTE format('ALTER INDEX %I RENAME TO %I', item.name, part || substr(item.name, length(whole) + 1));
    END LOOP;
    FOR item IN SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = part::regclass AND contype = 'f' LOOP
        statements := statements || format('ALTER TABLE %I ADD CONSTRAINT %I %s', whole, item.name, item.definition);
    END LOOP;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS, PRIMARY KEY (%s)) PARTITION BY RANGE (%I)', whole, part, primary_key, key);
    FOR i IN 1 .. coalesce(array_length(statements, 1), 0) LOOP
        EXECUTE statements[i];
    END LOOP;
END $$;

-- Sessions and all that belongs to them: ranges of session ids, the same ones in four tables. Ids rise with time, so a range is a time: the
-- manager makes them ahead, each about as wide as a week has sessions (manager/src/retention).
CREATE TABLE session_range (
    number integer PRIMARY KEY,
    first_id bigint NOT NULL,
    -- The first id behind it. Null in the last one: it is open, so that a session is never refused for its number.
    end_id bigint CHECK (end_id > first_id),
    made_at timestamptz NOT NULL,
    -- When its output, and when all of it was removed. The row stays: it says why a session is not there any more, and that its id is used.
    output_removed_at timestamptz,
    removed_at timestamptz
);

DO $$
DECLARE
    next_id bigint;
    item record;
BEGIN
    SELECT coalesce(max(id), 0) + 1 INTO next_id FROM session;
    FOR item IN SELECT * FROM (VALUES
        ('session', 'id', 'id'),
        ('session_unit', 'session_id', 'session_id, unit'),
        ('attempt', 'session_id', 'session_id, unit, run, node_index, try'),
        ('attempt_output', 'session_id', 'session_id, unit, run, node_index, try, stream, position')) AS t (name, key, primary_key)
    LOOP
        PERFORM pg_temp.partition_table(item.name, item.name || '_00001', item.key, item.primary_key);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%s)', item.name, item.name || '_00001', next_id);
    END LOOP;
    EXECUTE format('CREATE TABLE session_00002 PARTITION OF session FOR VALUES FROM (%s) TO (MAXVALUE) WITH (fillfactor = 60)', next_id);
    EXECUTE format('CREATE TABLE session_unit_00002 PARTITION OF session_unit FOR VALUES FROM (%s) TO (MAXVALUE) WITH (fillfactor = 50)', next_id);
    EXECUTE format('CREATE TABLE attempt_00002 PARTITION OF attempt FOR VALUES FROM (%s) TO (MAXVALUE) WITH (fillfactor = 50)', next_id);
    EXECUTE format('CREATE TABLE attempt_output_00002 PARTITION OF attempt_output FOR VALUES FROM (%s) TO (MAXVALUE)', next_id);
    INSERT INTO session_range (number, first_id, end_id, made_at) VALUES (1, 0, next_id, now()), (2, next_id, NULL, now());
END $$;

-- Lists of sessions by time, and those that people started among all the scheduled ones.
CREATE INDEX session_created ON session (created_at);
CREATE INDEX session_manual ON session (id) WHERE trigger ->> 'type' = 'manual';

-- The audit log: months, as events. What is there already stays in the partition for "other" until all of it is too old.
ALTER TABLE audit ALTER COLUMN id DROP IDENTITY;
ALTER TABLE audit DROP CONSTRAINT audit_pkey;
ALTER TABLE audit ADD PRIMARY KEY (id, at);
SELECT pg_temp.partition_table('audit', 'audit_other', 'at', 'id, at');
ALTER TABLE audit ATTACH PARTITION audit_other DEFAULT;
ALTER TABLE audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('audit', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM audit), false);

DROP FUNCTION pg_temp.partition_table;

-- What the search compares: message and node, folded (NFKC, lower case). Null in events of older releases: folded while they are read.
ALTER TABLE event ADD COLUMN search text;

-- What retention knows of itself.
CREATE TABLE retention_state (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    -- The clock at its last look: a leap of the clock is seen by it.
    looked_at timestamptz NOT NULL,
    -- Nothing is removed before.
    held_until timestamptz
);
CREATE TABLE retention_kind (
    kind text PRIMARY KEY,
    removed_at timestamptz,
    -- Why the last try failed; null: it did not.
    failure text
);
