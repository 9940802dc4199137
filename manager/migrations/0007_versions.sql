-- Which protocols an agent speaks, so that an upgrade can tell beforehand whom the new release would refuse.
-- Oldest release that may run on it: 0.1.0

-- Null: it has not said hello since this is kept.
ALTER TABLE node ADD COLUMN agent_protocol_min integer, ADD COLUMN agent_protocol_max integer;
