// The records that waiters leave in an attempt's folder: `waiter`, `started`, `exit`.
// Responsible for turning their text into values. Pure. Not responsible for files (attempt-folders.ts). Written by spawner/Nezuban/Record.pm.

import { isAgentCode, type AgentSentence, type AgentValue } from '@nezuban/protocol/agent/agent-said';

export type WaiterRecord = {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
  readonly cgroup: string | null;
};
export type StartedRecord = { readonly pid: number; readonly startTime: string; readonly atMs: number };
export type Leftover = { readonly pid: number; readonly command: string };
/** What is kept of one stream: its beginning, and where it was longer than its limit also its last bytes. */
export type KeptStream = {
  readonly headBytes: number;
  /** In a file of its own; 0: there is none. */
  readonly tailBytes: number;
  /** Position behind the last byte kept. */
  readonly end: number;
};
export type ExitRecord = {
  readonly exitCode: number | null;
  readonly signal: number | null;
  /** Refusal code of the protocol: the command's user or group is not possible here. */
  readonly refused: string | null;
  readonly startError: string | null;
  readonly startErrorSaid: AgentSentence | null;
  readonly pid: number | null;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  readonly stdout: KeptStream;
  readonly stderr: KeptStream;
  readonly droppedBytes: number;
  readonly leftovers: readonly Leftover[];
  /** Of a command that a file judges: why that is not as it should be; empty: it is. Null: no file judges it. */
  readonly endFileSays: string | null;
  readonly endFileSaid: AgentSentence | null;
  readonly usage: UsageRecord;
};
/** What was used, by which limit it ended, and what became of the command that was to end it. */
export type UsageRecord = {
  readonly memoryPeak: number | null;
  readonly memoryOf: string | null;
  readonly cpuMs: number | null;
  readonly processesPeak: number | null;
  readonly limit: { readonly name: string; readonly max: number; readonly isDefault: boolean } | null;
  readonly stop: {
    readonly exitCode: number | null;
    readonly signal: number | null;
    readonly timedOut: boolean;
  } | null;
};

/** Null if the text is not a whole record: it was being written when its writer died. */
function parseFields(text: string): ReadonlyMap<string, readonly string[]> | null {
  if (!text.endsWith('\nend\n')) return null;
  const fields = new Map<string, string[]>();
  for (const line of text.slice(0, -'end\n'.length).split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space);
    const values = fields.get(key);
    if (values) values.push(decode(line.slice(space + 1)));
    else fields.set(key, [decode(line.slice(space + 1))]);
  }
  return fields;
}

/** Values are bytes, `%XX` where not plain ASCII; what is not UTF-8 becomes the replacement character, since these are for reading. */
function decode(value: string): string {
  if (!value.includes('%')) return value;
  const bytes = value.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

export function parseWaiterRecord(text: string): WaiterRecord | null {
  const fields = parseFields(text);
  const pid = number(fields, 'pid');
  const startTime = fields?.get('start')?.[0];
  const bootId = fields?.get('boot')?.[0];
  if (pid === null || startTime === undefined || bootId === undefined) return null;
  return { pid, startTime, bootId, cgroup: fields?.get('cgroup')?.[0] ?? null };
}

export function parseStartedRecord(text: string): StartedRecord | null {
  const fields = parseFields(text);
  const pid = number(fields, 'pid');
  const atMs = number(fields, 'at');
  const startTime = fields?.get('start')?.[0];
  return pid === null || atMs === null || startTime === undefined ? null : { pid, startTime, atMs };
}

export function parseExitRecord(text: string): ExitRecord | null {
  const fields = parseFields(text);
  const endedAtMs = number(fields, 'endedAt');
  if (!fields || endedAtMs === null) return null;
  return {
    exitCode: number(fields, 'code'),
    signal: number(fields, 'signal'),
    refused: fields.get('refused')?.[0] ?? null,
    startError: fields.get('startError')?.[0] ?? null,
    startErrorSaid: parseSaid(fields.get('startErrorSaid')?.[0]),
    pid: number(fields, 'pid'),
    startedAtMs: number(fields, 'startedAt'),
    endedAtMs,
    timedOut: number(fields, 'timedOut') === 1,
    cancelled: number(fields, 'cancelled') === 1,
    stdout: parseKept(fields, 'stdout'),
    stderr: parseKept(fields, 'stderr'),
    droppedBytes: number(fields, 'droppedBytes') ?? 0,
    leftovers: (fields.get('leftover') ?? []).map(parseLeftover),
    usage: parseUsage(fields),
    endFileSays: fields.get('endFile')?.[0]?.replace(/^seen /, '') ?? null,
    endFileSaid: parseSaid(fields.get('endFileSaid')?.[0]),
  };
}

/** Code, then names and values by turns (Nezuban/Said.pm). Null: none, or one that this agent does not know. */
export function parseSaid(text: string | undefined): AgentSentence | null {
  const [code = '', ...parts] = text?.split('\0') ?? [];
  if (!isAgentCode(code)) return null;
  const values: Record<string, AgentValue> = {};
  for (let index = 0; index < parts.length; index += 2) {
    const value = parseSaidValue(parts[index + 1] ?? '');
    if (value === null) return null;
    values[parts[index] ?? ''] = value;
  }
  return parts.length === 0 ? { code } : { code, values };
}

/** `=text` or `@code`. */
export function parseSaidValue(text: string): AgentValue | null {
  const rest = text.slice(1);
  if (text.startsWith('=')) return rest;
  return text.startsWith('@') && isAgentCode(rest) ? { code: rest } : null;
}

function parseUsage(fields: ReadonlyMap<string, readonly string[]>): UsageRecord {
  const limit = fields.get('limit')?.[0];
  return {
    memoryPeak: number(fields, 'memoryPeak'),
    memoryOf: fields.get('memoryOf')?.[0] ?? null,
    cpuMs: number(fields, 'cpuMs'),
    processesPeak: number(fields, 'processesPeak'),
    limit:
      limit === undefined
        ? null
        : {
            name: limit,
            max: number(fields, 'limitMax') ?? 0,
            isDefault: number(fields, 'limitIsDefault') === 1,
          },
    stop:
      number(fields, 'stopPid') === null
        ? null
        : {
            exitCode: number(fields, 'stopCode'),
            signal: number(fields, 'stopSignal'),
            timedOut: number(fields, 'stopTimedOut') === 1,
          },
  };
}

function parseKept(fields: ReadonlyMap<string, readonly string[]>, stream: 'stdout' | 'stderr'): KeptStream {
  const headBytes = number(fields, `${stream}Bytes`) ?? 0;
  const tailBytes = number(fields, `${stream}Tail`) ?? 0;
  return { headBytes, tailBytes, end: number(fields, `${stream}End`) ?? headBytes };
}

function parseLeftover(value: string): Leftover {
  const space = value.indexOf(' ');
  return { pid: Number(value.slice(0, space)), command: value.slice(space + 1) };
}

function number(fields: ReadonlyMap<string, readonly string[]> | null, key: string): number | null {
  const value = fields?.get(key)?.[0];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}
