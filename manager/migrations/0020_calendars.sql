-- Calendars, and which of their changes the state of a schedule has seen.
-- Oldest release that may run on it: 0.1.0
--
-- Expand: an older release knows no calendars. Schedules that name one do not start there: it cannot read such a net.

-- A calendar that was deleted and made again does not get a version that it has had.
CREATE SEQUENCE calendar_revision;

CREATE TABLE calendar (
    name text PRIMARY KEY,
    -- Kind calendar (protocol/src/calendars/calendar.ts).
    definition jsonb NOT NULL,
    revision bigint NOT NULL DEFAULT nextval('calendar_revision'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL,
    -- The last day of its lists of which it was told that it comes near; told once for each.
    end_told_for date
);

-- Revision of the newest change of a calendar that moved this schedule; 0: none has. A start is stored only if it has not changed since the
-- start was decided, so no day is judged by a calendar that is not in force.
ALTER TABLE schedule_state ADD COLUMN calendar_revision bigint NOT NULL DEFAULT 0;
