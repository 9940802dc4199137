-- What the current definitions of job nets have to do with other nets: the map of nets, and who names a net that is to be deleted.
-- Oldest release that may run on it: 0.1.0
--
-- Written with each definition. `other` need not exist. Definitions of earlier releases know of no other nets.
CREATE TABLE net_relation (
    net text NOT NULL REFERENCES net (name) ON DELETE CASCADE,
    kind text NOT NULL,
    other text NOT NULL,
    -- Paths of units, the first ones.
    units text[] NOT NULL,
    unit_count integer NOT NULL,
    PRIMARY KEY (net, kind, other)
);
CREATE INDEX net_relation_other ON net_relation (other);
