-- What a unit of type "judgment" has answered; of all others NULL.
-- Oldest release that may run on it: 0.1.0
ALTER TABLE session_unit ADD COLUMN answer boolean;
