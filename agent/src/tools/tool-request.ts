// What a launch request holds of a tool. Pure. Called by launch-request.ts.
// Tools in Perl run in the waiter's child itself (spawner/Nezuban/Tool.pm) and get their input as strings; others are programs of Node, which get it
// as JSON on standard input, and take the identity of the attempt's user themselves. Not responsible for what a tool does.
import { fileURLToPath } from 'node:url';
import { saidByAgent, type AgentReason } from '@nezuban/protocol/agent/agent-said';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import { toolInputSchemas, type ToolName } from '@nezuban/protocol/agent/tool-inputs';
import { encodeStrings } from '../spawner/encode-strings.ts';

type Tool = NonNullable<AttemptOrder['tool']>;
type Value =
  | string
  | number
  | boolean
  | readonly string[]
  | Readonly<Record<string, string | number>>
  | undefined;

const programs: Partial<Readonly<Record<ToolName, string>>> = {
  http: fileURLToPath(new URL('http/http-main.ts', import.meta.url)),
  file_transfer: fileURLToPath(new URL('transfer/write-main.ts', import.meta.url)),
};

/** What is started for it; empty: nothing, it is a tool in Perl. */
export function wordsOfTool({ name }: Tool): readonly string[] {
  const program = isToolName(name) ? programs[name] : undefined;
  return program === undefined ? [] : [process.execPath, program];
}

/** Why the tool cannot be run; null if it can. */
export function findToolFault({ name, input }: Tool): AgentReason | null {
  // The manager knows this sentence of earlier releases, and says what helps.
  if (!isToolName(name)) return { text: `the agent has no tool "${name}"`, said: null };
  const parsed = toolInputSchemas[name].safeParse(input);
  if (parsed.success) return null;
  const [issue] = parsed.error.issues;
  return saidByAgent('agent_tool_input', {
    tool: name,
    place: issue?.path.join('.') ?? '',
    trouble: issue?.message ?? 'unknown',
  });
}

/** Of a tool without a fault. */
export function toolPairs({ name, input }: Tool): (string | Buffer)[] {
  if (!isToolName(name)) return [];
  if (programs[name] !== undefined) return ['stdin', JSON.stringify(input), 'takesIdentityItself', '1'];
  const values = toolInputSchemas[name].parse(input) as Readonly<Record<string, Value>>;
  const pairs = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [key, encodeValue(value)],
  );
  return ['tool', name, 'toolInput', encodeStrings(pairs)];
}

/** A list is its strings, a map its names and values by turns. */
function encodeValue(value: NonNullable<Value>): string | Buffer {
  if (typeof value !== 'object') return typeof value === 'boolean' ? String(Number(value)) : String(value);
  return encodeStrings(
    Array.isArray(value) ? (value as readonly string[]) : Object.entries(value).flat().map(String),
  );
}

function isToolName(name: string): name is ToolName {
  return Object.hasOwn(toolInputSchemas, name);
}
