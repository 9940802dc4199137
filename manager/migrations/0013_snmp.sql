-- SNMP: filled by the traps domain.
-- Oldest release that may run on it: 0.1.0

SELECT 1;
