// Which texts of a unit have places, and which must not have any. Pure; the table of all types.
// Called by the judge of variables. A type with a new text gets a line here, and its places are judged.
import type { CommandUnit } from '@nezuban/protocol/jobs/units/command';
import type { HttpUnit } from '@nezuban/protocol/jobs/units/http';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { Reading } from '../jobs/variables/places.ts';
import type { PathSegment } from './path-issue.ts';

export type UnitText = {
  readonly key: readonly PathSegment[];
  readonly text: string;
  readonly reading: Reading;
  /** Whether a secret may stand in it. */
  readonly secrets: boolean;
};

export function textsOf(unit: UnitDefinition): UnitText[] {
  switch (unit.type) {
    case 'command':
      return [
        ...list('command', typeof unit.command === 'string' ? [] : unit.command),
        ...list('arguments', unit.arguments),
        ...stopTexts(unit.stop),
        ...one('working_directory', unit.working_directory),
        ...endFileText(unit.end_by),
        ...record('environment', unit.environment, true),
        ...one('stdin', unit.stdin, true),
        ...record('files', unit.files, true),
      ];
    case 'file_watch':
      return list('path', unit.path);
    case 'file_transfer':
      return [path('from', unit.from.path), path('to', unit.to.path)];
    case 'http':
      return [
        ...one('url', unit.url),
        ...record('query', unit.query, false),
        ...record('headers', unit.headers, true),
        ...bodyTexts(unit.body),
        ...credentialTexts('basic_auth', unit.basic_auth),
        ...credentialTexts('proxy_auth', unit.proxy_auth),
      ];
    case 'ssh':
      return [...one('host', unit.host), ...record('environment', unit.environment, true)];
    case 'container':
      return [
        ...one('image', unit.image),
        ...list('command', typeof unit.command === 'string' ? [] : unit.command),
        ...list('volumes', unit.volumes),
        ...record('environment', unit.environment, true),
      ];
    case 'net_ref':
      // Where a secret may go is seen beside the parameters of that net.
      return record('parameters', unit.parameters, true);
    case 'event_send':
      return [...people('message', unit.message), ...people('key', unit.key)];
    case 'net_start':
      return Object.entries(unit.parameters ?? {}).flatMap(([name, text]) =>
        people('parameters', text, name),
      );
    case 'approval':
      return people('question', unit.question);
    case 'mail_send':
      return [...people('subject', unit.subject), ...people('body', unit.body)];
    default:
      return [];
  }
}

/** Texts that are run: nothing is ever put into them. */
export function shellTextsOf(unit: UnitDefinition): Pick<UnitText, 'key' | 'text'>[] {
  if (unit.type === 'ssh') return [{ key: ['command'], text: unit.command }];
  if (unit.type === 'container')
    return typeof unit.command === 'string' ? [{ key: ['command'], text: unit.command }] : [];
  if (unit.type !== 'command') return [];
  return [
    ...(typeof unit.command === 'string' ? [{ key: ['command'], text: unit.command }] : []),
    ...(unit.script === undefined ? [] : [{ key: ['script'], text: unit.script }]),
    ...(typeof unit.stop?.command === 'string'
      ? [{ key: ['stop', 'command'], text: unit.stop.command }]
      : []),
  ];
}

function stopTexts(stop: CommandUnit['stop']): UnitText[] {
  return list('command', typeof stop?.command === 'string' ? [] : stop?.command).map((text) => ({
    ...text,
    key: ['stop', ...text.key],
  }));
}

function endFileText(endBy: CommandUnit['end_by']): UnitText[] {
  if (typeof endBy !== 'object') return [];
  return [{ key: ['end_by', 'file'], text: endBy.file, reading: 'program', secrets: false }];
}

function path(key: 'from' | 'to', text: string): UnitText {
  return { key: [key, 'path'], text, reading: 'program', secrets: false };
}

function bodyTexts(body: HttpUnit['body']): UnitText[] {
  if (body === undefined) return [];
  if ('text' in body) return one('body', body.text, true);
  return 'form' in body ? record('body', body.form, true) : jsonTexts(body.json);
}

function credentialTexts(key: string, of: HttpUnit['basic_auth']): UnitText[] {
  if (of === undefined) return [];
  return [
    { key: [key, 'user'], text: of.user, reading: 'program', secrets: true },
    { key: [key, 'password'], text: of.password, reading: 'program', secrets: true },
  ];
}

function jsonTexts(value: unknown): UnitText[] {
  if (typeof value === 'string') return one('body', value, true);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(jsonTexts) : [];
}

function one(key: string, text: string | undefined, secrets = false): UnitText[] {
  return text === undefined ? [] : [{ key: [key], text, reading: 'program', secrets }];
}

function list(key: string, texts: readonly string[] | undefined): UnitText[] {
  return (texts ?? []).map((text, index) => ({
    key: [key, index],
    text,
    reading: 'program' as const,
    secrets: false,
  }));
}

function record(
  key: string,
  texts: Readonly<Record<string, string>> | undefined,
  secrets: boolean,
): UnitText[] {
  return Object.entries(texts ?? {}).map(([name, text]) => ({
    key: [key, name],
    text,
    reading: 'program' as const,
    secrets,
  }));
}

function people(key: string, text: string | undefined, name?: string): UnitText[] {
  if (text === undefined) return [];
  return [{ key: name === undefined ? [key] : [key, name], text, reading: 'people', secrets: false }];
}
