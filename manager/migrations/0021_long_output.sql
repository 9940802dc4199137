-- Long output: packed pieces, ranges that were not kept, and what nets and nodes have written on a day.
-- Oldest release that may run on it: 0.1.0

-- `length`: bytes of the command's output that a row stands for; NULL: those of `bytes`. `form`: how they lie in `bytes`: NULL as they are, 'zstd' as one
-- frame; 'limit' and 'quota' are ranges that were not kept, because the unit's limit or a quota was reached, and have no bytes.
ALTER TABLE attempt_output ADD COLUMN length bigint CHECK (length > 0);
ALTER TABLE attempt_output ADD COLUMN form text CHECK (form IN ('zstd', 'limit', 'quota'));
-- Packed already: to try again would only cost time.
ALTER TABLE attempt_output ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX attempt_output_hole ON attempt_output (session_id, unit, run, node_index, try, stream) WHERE form IN ('limit', 'quota');

-- Bytes that were stored, by day (UTC): of a net, of a node. Kept for some days; the quotas ask only for today.
CREATE TABLE output_usage (
    day date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('net', 'node')),
    name text NOT NULL,
    stored_bytes bigint NOT NULL,
    -- Whether somebody was told that the quota is full.
    told boolean NOT NULL DEFAULT false,
    PRIMARY KEY (day, kind, name)
);
