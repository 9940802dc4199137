-- Sessions by when they ended, and those that ran so long that they are not found near their end: lists of what ran in a span of time.
-- Oldest release that may run on it: 0.1.0
CREATE INDEX session_ended ON session (ended_at);
CREATE INDEX session_long ON session (created_at) WHERE ended_at - created_at > interval '1 day';
