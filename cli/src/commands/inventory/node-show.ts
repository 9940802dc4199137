// `nezuban node show`: one node in some lines.
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';

const supportTexts: Readonly<Record<string, string>> = {
  current: '',
  old: ', old but works: upgrade the agent when it suits',
  refused: ', has no protocol in common with this manager: upgrade the older of both',
  unknown: '',
};

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NODE');
  const node = await (await context.api()).call('getNode', { params: { name } });
  await out.result(node, () => [
    `${visible(node.name)}  ${out.painted(node.connection)}`,
    `host         ${visible(node.hostname)}, ${visible(node.platform)}, ${node.address ?? 'address unknown'}`,
    `agent        ${visible(node.agentVersion)}${supportTexts[node.agentSupport] ?? ''}`,
    `running      ${node.runningAttempts} ${node.runningAttempts === 1 ? 'command' : 'commands'}`,
    `scopes       ${node.scopes.length === 0 ? 'none' : node.scopes.join(', ')}`,
    `joined       ${formatInstant(node.joinedAt)}`,
    `last seen    ${formatInstant(node.lastSeenAt)}`,
    `certificate  until ${formatInstant(node.certificateExpiresAt)}`,
  ]);
};
