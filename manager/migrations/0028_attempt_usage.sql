-- What the work of an attempt has used, and the limit that ended it, as its agent has told. Null: it has told nothing.
-- Oldest release that may run on it: 0.1.0
ALTER TABLE attempt ADD COLUMN usage jsonb;
