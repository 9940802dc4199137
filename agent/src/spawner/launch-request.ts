// A launch request as bytes for the spawner: a length and strings with lengths, so that any byte can be in any of them.
// Pure. Read by spawner.pl. Not responsible for whether the order makes sense (`findOrderFault` says that before it is accepted).
import { saidByAgent, type AgentReason } from '@nezuban/protocol/agent/agent-said';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import { AGENT_MARK_VARIABLE } from '../agent-mark.ts';
import { findToolFault, toolPairs, wordsOfTool } from '../tools/tool-request.ts';
import { encodeStrings, lengthOf } from './encode-strings.ts';

export function encodeLaunchRequest(
  order: AttemptOrder,
  by: {
    readonly generation: string;
    readonly agentMark: string;
    /** Of a command that names no bound. */
    readonly processesMax: number;
  },
): Buffer {
  const words = wordsOf(order);
  const pairs: (string | Buffer)[] = [
    'id',
    order.attemptId,
    'generation',
    by.generation,
    'words',
    encodeStrings(words),
  ];
  const environment = { ...order.environment, [AGENT_MARK_VARIABLE]: by.agentMark };
  pairs.push('environment', encodeStrings(Object.entries(environment).flat()));
  pairs.push(
    'killAfterMs',
    String(Math.round(order.killAfterMs)),
    'outputBytesMax',
    String(order.outputBytesMax),
  );
  if (order.timeoutMs !== undefined) pairs.push('timeoutMs', String(Math.ceil(order.timeoutMs)));
  if (order.supplementaryGroups !== undefined)
    pairs.push('supplementaryGroups', encodeStrings(order.supplementaryGroups));
  for (const key of ['workingDirectory', 'user', 'group', 'stdinFile', 'umask', 'stdin'] as const) {
    if (order[key] !== undefined) pairs.push(key, order[key]);
  }
  if (order.script !== undefined)
    pairs.push('script', order.script.text, 'scriptArguments', encodeStrings(order.script.arguments));
  if (order.files !== undefined)
    pairs.push('files', encodeStrings(order.files.flatMap(({ variable, text }) => [variable, text])));
  if (order.secrets !== undefined) pairs.push('secrets', encodeStrings(order.secrets));
  if (order.endFile !== undefined)
    pairs.push('endFile', encodeStrings([order.endFile.path, order.endFile.is]));
  pairs.push(...boundPairs(order, by.processesMax));
  if (order.stop !== undefined)
    pairs.push(
      'stopWords',
      encodeStrings(shellWords(order.stop.command)),
      'stopTimeoutMs',
      String(Math.ceil(order.stop.timeoutMs)),
    );
  if (order.tool !== undefined) pairs.push(...toolPairs(order.tool));
  const payload = encodeStrings(pairs);
  return Buffer.concat([lengthOf(payload), payload]);
}

function wordsOf({ command = [], tool }: AttemptOrder): readonly string[] {
  if (tool !== undefined) return wordsOfTool(tool);
  return shellWords(command);
}

function shellWords(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
}

/** A command that nobody bounds may not fork for ever. Tools start what they start, and containers are bounded by their engine. */
function boundPairs({ limits, tool }: AttemptOrder, processesMax: number): (string | Buffer)[] {
  const isDefault = tool === undefined && limits?.processes === undefined;
  const held = isDefault ? { ...limits, processes: processesMax } : (limits ?? {});
  const words = Object.entries(held).flatMap(([name, value]) =>
    value === undefined ? [] : [name, String(value)],
  );
  return ['limits', encodeStrings(words), ...(isDefault ? ['processesAreDefault', '1'] : [])];
}

/** Why the kernel could not take this order as it stands; null if it could. */
export function findOrderFault(order: AttemptOrder): AgentReason | null {
  if (order.tool !== undefined) return findToolFault(order.tool);
  if (order.command === undefined && order.script === undefined) return saidByAgent('agent_order_empty');
  const words = typeof order.command === 'string' ? [order.command] : (order.command ?? []);
  const names = Object.keys(order.environment);
  const strings = [
    ...words,
    ...names,
    ...Object.values(order.environment),
    order.workingDirectory,
    order.user,
    order.group,
    order.stdinFile,
    order.endFile?.path,
    ...(order.stop === undefined ? [] : shellWords(order.stop.command)),
    ...(order.supplementaryGroups ?? []),
    ...(order.script?.arguments ?? []),
    ...(order.files ?? []).map(({ variable }) => variable),
  ];
  if (strings.some((text) => text?.includes('\0'))) return saidByAgent('agent_order_nul');
  if (words[0] === '') return saidByAgent('agent_command_empty');
  const badName = [...names, ...(order.files ?? []).map(({ variable }) => variable)].find(
    (name) => name === '' || name.includes('='),
  );
  if (badName !== undefined) return saidByAgent('agent_variable_name', { name: badName });
  return null;
}
