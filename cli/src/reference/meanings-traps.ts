// What the keys of trap monitors and aliases mean, for the manual's page of YAML files.

const fieldConditions: Readonly<Record<string, string>> = {
  'rules[].when.fields': 'Conditions on the fields of the trap; all must hold.',
  'rules[].when.fields[].name':
    'Name of a varbind (`ifIndex`, `IF-MIB::ifIndex`, or its OID), of structured data (`id.parameter`), or of a field of a custom trap. A trap without it does not fit.',
  'rules[].when.fields[].equals': 'The whole value.',
  'rules[].when.fields[].matches': 'A regular expression that is found anywhere in the value.',
  'rules[].when.fields[].ignore_case': 'Whether upper and lower case are the same in these two.',
  'rules[].when.fields[].at_least': 'The value is a number, this or greater.',
  'rules[].when.fields[].at_most': 'The value is a number, this or less.',
};

export const trapMeanings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  trap_monitor: {
    kind: 'What the document defines.',
    name: 'Unique among trap monitors; events show it as what watches.',
    title: 'What people read beside the name.',
    description: 'For whoever changes it next.',
    enabled: 'Whether it makes events.',
    source: 'Which traps it looks at: by how they came.',
    scope: 'Only traps of nodes of this scope and its child scopes; left out: of anybody.',
    rules: 'Tried in order; the first that fits decides, and the rest is not looked at.',
    'rules[].name': 'Unique in the monitor.',
    'rules[].enabled': 'Whether it is tried.',
    'rules[].when': 'What must be so; all that is named must hold. Left out: the rule takes everything.',
    'rules[].when.text':
      'On what the trap says: the message of syslog, an SNMP trap with its varbinds written out, the message of a custom trap.',
    'rules[].when.text.matches':
      'A regular expression (RE2: no look-around, no back references) that is found anywhere in the first 16,384 characters.',
    'rules[].when.text.contains': 'Text that stands anywhere in it.',
    'rules[].when.text.ignore_case':
      'Whether upper and lower case are the same in these two, full-width letters included.',
    'rules[].when.facilities': 'Syslog: one of these facilities.',
    'rules[].when.severities': 'Syslog: one of these severities.',
    'rules[].when.apps':
      'Syslog: the application (APP-NAME, or the tag before the colon); `*` at the end stands for any rest.',
    'rules[].when.hosts':
      'One of these: a node, the host that the trap says it is about, an address, or a network (`192.0.2.0/24`); `*` at the end of a name stands for any rest.',
    'rules[].when.trap_oids':
      'SNMP: one of these traps, as dotted numbers or by the name in a MIB (`IF-MIB::linkDown`); `.*` at the end means all below. A name that no imported MIB knows fits nothing, and the monitor shows it.',
    'rules[].when.enterprise':
      'SNMPv1: the enterprise, written as a trap OID is. Of v2c and v3 traps what RFC 3584 makes of them.',
    'rules[].when.generic': 'SNMPv1: the generic number; 6 means that the enterprise has its own.',
    'rules[].when.specific': 'SNMPv1: the specific number.',
    ...fieldConditions,
    'rules[].do': '`event`: an event is made; `ignore`: nothing is told. The trap is kept either way.',
    'rules[].priority':
      'Of the event. `as_sent`: what the trap says of itself: the `priority` of a custom trap; of syslog `emerg`, `alert` and `crit` are `critical`, `err` and `warning` are `warning`, the rest is `info`. What says nothing, SNMP always, is `warning`.',
    'rules[].message':
      'Template of the message. Places: `{{text}}`, `{{node}}`, `{{host}}`, `{{address}}`, `{{app}}`, `{{facility}}`, `{{severity}}`, `{{trap}}`, `{{field.NAME}}`, and `{{1}}` for a group of `text.matches`. What the trap has nothing for is empty.',
    'rules[].key':
      'Template of what state it is about, such as `link:{{field.ifIndex}}`: a clearing event ends what was raised with the same key on the same node, in the same monitor.',
    'rules[].clears': 'The event ends what earlier ones with its key have raised.',
    'rules[].collapse_s':
      'Repeats with the same key (without one: the same message) within so many seconds are counted on the first event instead of making more.',
    'rules[].fields': 'Own fields of the event, by name: templates as `message`.',
    unmatched: 'Of what no rule takes: an event of this priority, or nothing (`ignore`).',
  },
  trap_alias: {
    kind: 'What the document defines.',
    name: 'Unique among aliases. They are tried in the order of their names, and the first that fits wins.',
    addresses: 'Addresses or networks of the sender; empty: any.',
    hosts:
      'What the sender calls itself (host name of syslog, agent address of SNMP, FacilityID of a custom trap); `*` at the end stands for any rest. Empty: anything.',
    node: 'The node that it is, or `claimed`: what it calls itself is the node.',
  },
};
