// That nothing which is wrong with a definition is said in English to people who read Japanese: every text of the schemas stands in the table of
// sentences, and wrong definitions of all kinds are said in Japanese from the first word to the last.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { limitDefinitionSchema } from '@nezuban/protocol/jobs/control/limit';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { inhibitionSchema } from '@nezuban/protocol/notifications/inhibition';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import { maintenanceWindowSchema } from '@nezuban/protocol/operations/maintenance-window';
import { saidBySchema, sentenceIn } from '@nezuban/protocol/sentences/sentence';
import { trapMonitorSchema } from '@nezuban/protocol/traps/trap-monitor';
import { parseDefinitionFile } from './parse-definition-file.ts';

/** What the schema library keeps of a schema: its definition, with whatever is inside it. */
const textsIn = (schema: unknown): ReadonlySet<string> => {
  const texts = new Set<string>();
  const seen = new Set<unknown>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if ('_zod' in value) {
      walk((value as { readonly _zod: { readonly def: unknown } })._zod.def);
      return;
    }
    if ('error' in value && typeof value.error === 'function') {
      const text: unknown = (value.error as (issue: object) => unknown)({});
      if (typeof text === 'string') texts.add(text);
    }
    if ('getter' in value && typeof value.getter === 'function') walk((value.getter as () => unknown)());
    for (const inner of Array.isArray(value) ? value : Object.values(value)) walk(inner);
  };
  walk(schema);
  return texts;
};

const schemas = {
  jobNetSchema,
  calendarSchema,
  limitDefinitionSchema,
  notificationRuleSchema,
  inhibitionSchema,
  maintenanceWindowSchema,
  trapMonitorSchema,
};

test('schemas of definitions: their own texts: all in the table of sentences', () => {
  const texts = new Set(Object.values(schemas).flatMap((schema) => [...textsIn(schema)]));
  assert.deepEqual(
    [...texts].filter((text) => saidBySchema(text) === null),
    [],
  );
  assert.ok(texts.size > 40, `${texts.size} texts were found`);
});

/** Words of YAML and of definitions, which are no language. */
const withoutQuoted = (text: string): string =>
  text
    .replaceAll(/「[^」]*」|"(?:[^"\\]|\\.)*"|\{+[^{}]*\}+|\([^()]*\)/gu, '')
    .replaceAll(/[a-z_]+(?:\/|、|$)/g, '');

const head = 'kind: jobnet\nname: n\ntarget: { node: a }\nunits:\n';
const wrong: Readonly<Record<string, string>> = {
  'unknown key': `${head}- { name: a, comand: x }\n`,
  'wrong type': `${head}- { name: a, command: x, retry: 3 }\n`,
  'too small': `${head}- { name: a, command: x, timeout_s: 0 }\n`,
  'a text of a schema': `${head}- { name: a, command: x, environment: { "1A": x } }\n`,
  'a union': `${head}- { name: a, command: x, target: 3 }\n`,
  'a choice': `${head}- { name: a, command: x, if_unknown: 1, type: comand }\n`,
  'no unit': `${head}- { name: a, command: x, after: [b] }\n- { name: c, command: x, after: [a] }\n`,
  'a circle': `${head}- { name: a, command: x, after: [b] }\n- { name: b, command: x, after: [a] }\n`,
  twice: `${head}- { name: a, command: x }\n- { name: a, command: x }\n`,
  'a place': `${head}- { name: a, command: [echo, "{{parameter.X}}"] }\n`,
  'a place in a shell': `${head}- { name: a, command: "echo {{session}}" }\n`,
  'no target': 'kind: jobnet\nname: n\nunits:\n- { name: a, command: x }\n',
  cron: `${head}- { name: a, command: x }\nschedules: [{ name: s, cron: "0 25 * * *" }]\n`,
  times: `${head}- { name: a, command: x }\nschedules: [{ name: s, times: ["25:00"] }]\n`,
  zone: `timezone: Asia/Tokio\n${head}- { name: a, command: x }\n`,
  pattern: `${head}- { name: a, command: x, outputs: [{ name: o, regex: "(" }] }\n`,
  parameter: `parameters: [{ name: P, type: number, default: x }]\n${head}- { name: a, command: x }\n`,
  yaml: `${head}\t- a\n`,
  'no kind': 'name: n\n',
  'another kind': 'kind: jobnets\nname: n\n',
  calendar: 'kind: calendar\nname: c\nclosed: ["2026-02-30"]\n',
  window:
    'kind: maintenance_window\nname: w\neffects: [mute]\nplaces: [{ manager: true }]\nstart: "2026-12-02T01:00"\nend: "2026-12-01T01:00"\n',
  rule: 'kind: notification\nname: r\nchannels: [c]\nnets: ["a*b"]\n',
};

for (const [what, text] of Object.entries(wrong))
  test(`definition in Japanese: ${what}: said from the first word to the last`, () => {
    const parsed = parseDefinitionFile(text, { file: '' });
    assert.ok(!parsed.ok, 'it was taken');
    for (const issue of parsed.issues) {
      const said = sentenceIn(issue, 'ja');
      assert.match(said, /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u, issue.message);
      assert.doesNotMatch(withoutQuoted(said), /\b(?:must|is|the|which|not|has)\b/, said);
    }
  });
