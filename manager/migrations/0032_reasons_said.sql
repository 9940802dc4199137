-- Why a unit or an attempt is as it is, by the code and values of its sentence, so that it can be told in each language. Beside the English text,
-- which older releases read and which is all that rows of before have. Null for nearly all rows: they cost nothing more.
-- Oldest release that may run on it: 0.1.0
ALTER TABLE session_unit ADD COLUMN reason_said jsonb;
ALTER TABLE attempt ADD COLUMN reason_said jsonb;
