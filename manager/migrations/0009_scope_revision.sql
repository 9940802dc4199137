-- Scopes are changed by people in the console: each change has a number, so that nobody overwrites what he has not seen. One count for all
-- scopes: a scope that is deleted and made anew never has a number of the old one.
-- Oldest release that may run on it: 0.1.0

CREATE SEQUENCE scope_revision;
ALTER TABLE scope ADD COLUMN revision bigint NOT NULL DEFAULT nextval('scope_revision');
