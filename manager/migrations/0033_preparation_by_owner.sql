-- Whoever owns the host has prepared the start: he is no user, so his rights are not asked again when it comes.
-- Oldest release that may run on it: 0.1.0
ALTER TABLE start_preparation ADD COLUMN holds_always boolean NOT NULL DEFAULT false;
