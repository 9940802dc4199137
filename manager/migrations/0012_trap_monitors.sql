-- Trap monitors and aliases of senders, and the first monitors: what every operator wants to see stands there from the start.
-- Oldest release that may run on it: 0.1.0
--
-- Expand: new tables alone. An older release knows no traps and leaves them as they are.

-- Of both tables: a definition that was deleted and made again does not get a version that it has had.
CREATE SEQUENCE trap_definition_revision;

CREATE TABLE trap_monitor (
    name text PRIMARY KEY,
    -- Kind trap_monitor (protocol/src/traps/trap-monitor.ts).
    definition jsonb NOT NULL,
    revision bigint NOT NULL DEFAULT nextval('trap_definition_revision'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL
);

CREATE TABLE trap_alias (
    name text PRIMARY KEY,
    -- Kind trap_alias.
    definition jsonb NOT NULL,
    revision bigint NOT NULL DEFAULT nextval('trap_definition_revision'),
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by text NOT NULL
);

-- Written once: changed or deleted, they stay so.
INSERT INTO trap_monitor (name, definition, updated_by) VALUES
('severe-syslog', '{
  "kind": "trap_monitor",
  "name": "severe-syslog",
  "title": "Syslog of severity crit or worse",
  "description": "Here from the start. Change or delete it as you like: it does not come back.",
  "enabled": true,
  "source": "syslog",
  "rules": [
    {
      "name": "severe",
      "enabled": true,
      "when": { "severities": ["emerg", "alert", "crit"] },
      "do": "event",
      "priority": "critical",
      "message": "{{host}} {{app}}: {{text}}",
      "clears": false,
      "fields": { "facility": "{{facility}}", "severity": "{{severity}}" }
    }
  ],
  "unmatched": "ignore"
}', 'nezuban'),
('custom-traps', '{
  "kind": "trap_monitor",
  "name": "custom-traps",
  "title": "Every custom trap, with the priority that it carries",
  "description": "Here from the start. Change or delete it as you like: it does not come back.",
  "enabled": true,
  "source": "custom",
  "rules": [
    {
      "name": "all",
      "enabled": true,
      "when": {},
      "do": "event",
      "priority": "as_sent",
      "message": "{{host}} {{field.key}}: {{text}}",
      "clears": false,
      "fields": { "key": "{{field.key}}" }
    }
  ],
  "unmatched": "ignore"
}', 'nezuban'),
('standard-snmp', '{
  "kind": "trap_monitor",
  "name": "standard-snmp",
  "title": "Standard SNMP traps: links, restarts, refused requests",
  "description": "Here from the start. Change or delete it as you like: it does not come back.",
  "enabled": true,
  "source": "snmp",
  "rules": [
    {
      "name": "link-down",
      "enabled": true,
      "when": { "trap_oids": ["1.3.6.1.6.3.1.1.5.3"] },
      "do": "event",
      "priority": "critical",
      "message": "{{host}}: link {{field.ifIndex}} is down {{field.ifDescr}}",
      "key": "link:{{field.ifIndex}}",
      "clears": false
    },
    {
      "name": "link-up",
      "enabled": true,
      "when": { "trap_oids": ["1.3.6.1.6.3.1.1.5.4"] },
      "do": "event",
      "priority": "info",
      "message": "{{host}}: link {{field.ifIndex}} is up {{field.ifDescr}}",
      "key": "link:{{field.ifIndex}}",
      "clears": true
    },
    {
      "name": "cold-start",
      "enabled": true,
      "when": { "trap_oids": ["1.3.6.1.6.3.1.1.5.1"] },
      "do": "event",
      "priority": "warning",
      "message": "{{host}}: the device has restarted (cold start)",
      "clears": false
    },
    {
      "name": "authentication-failure",
      "enabled": true,
      "when": { "trap_oids": ["1.3.6.1.6.3.1.1.5.5"] },
      "do": "event",
      "priority": "warning",
      "message": "{{host}}: an SNMP request with a wrong community or user was refused",
      "clears": false
    }
  ],
  "unmatched": "ignore"
}', 'nezuban');
