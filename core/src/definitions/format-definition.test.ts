// Canonical YAML of every kind: short, stable, and read again as the same definition.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDefinition } from './format-definition.ts';
import { parseDefinitionFile } from './parse-definition-file.ts';

const parse = (text: string) => {
  const parsed = parseDefinitionFile(text, { file: 'x.yaml' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.documents;
};
const canonical = (text: string): string[] => parse(text).map((document) => formatDefinition(document));

test('format definition: a scope: what is a default is left out', () => {
  assert.deepEqual(canonical('nodes: []\nname: web\nkind: scope\ntitle: "Web"\n'), [
    'kind: scope\nname: web\ntitle: Web\n',
  ]);
});

test('format definition: a notification rule: keys in the order of the schema, nested defaults left out', () => {
  assert.deepEqual(
    canonical(`
channel: { to: [ops@example], smtp: { security: starttls, port: 587, host: mail.example }, from: n@example, type: mail }
enabled: true
name: night
kind: notification
priorities: [critical]
`),
    [
      'kind: notification\nname: night\npriorities:\n  - critical\nchannel:\n  type: mail\n  smtp:\n    host: mail.example\n    port: 587\n  from: n@example\n  to:\n    - ops@example\n',
    ],
  );
});

test('format definition: every kind: reading the text gives the same definition, and the same text again', () => {
  const texts = [
    'kind: scope\nname: 東京\nparent: japan\nnodes: [b, a]\n',
    'kind: notification\nname: hook\nenabled: false\nnets: ["night/*"]\nchannel: { type: webhook, url: "https://hook.example/x", headers: { X-Key: "********" } }\n',
    'kind: trap_monitor\nname: routers\nsource: snmp\nscope: net\nrules:\n  - name: down\n    when: { trap_oids: ["IF-MIB::linkDown"], fields: [{ name: ifIndex, at_least: 1 }] }\n    key: "link:{{field.ifIndex}}"\n  - { name: rest, do: ignore }\nunmatched: unknown\n',
    'kind: trap_alias\nname: relay\naddresses: [192.0.2.0/24]\nnode: claimed\n',
    'kind: jobnet\nname: night/a\ntimezone: Asia/Tokyo\ntarget: { node: local }\nunits: [{ name: a, command: "echo 1" }]\n',
  ];
  for (const text of texts) {
    const [first] = parse(text);
    assert.ok(first !== undefined);
    const formatted = formatDefinition(first);
    const [second] = parse(formatted);
    assert.ok(second !== undefined);
    assert.deepEqual({ ...second, line: 0 }, { ...first, line: 0 });
    assert.equal(formatDefinition(second), formatted);
  }
});
