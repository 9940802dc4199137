// The asking side of the control socket: `nezuban manager status|stop`, and a second start that names the first.
import net from 'node:net';
import {
  CONTROL_LINE_MAX,
  keeperStatusSchema,
  type ControlRequest,
  type KeeperStatus,
} from '@nezuban/protocol/keeper/control';
import { pairStatusSchema, type PairStatus } from '@nezuban/protocol/pair/status';
import { controlSocketIn } from './child-config.ts';

const ANSWER_TIMEOUT_MS = 3_000;

/** What the running keeper says, or null if none answers. */
export async function askKeeper(runDirectory: string, request: ControlRequest): Promise<KeeperStatus | null> {
  const line = await exchange(controlSocketIn(runDirectory), `${JSON.stringify(request)}\n`);
  if (line === null) return null;
  try {
    return keeperStatusSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** How the pair is, as the running keeper knows it; null if none answers yet. */
export async function askPairStatus(runDirectory: string): Promise<PairStatus | null> {
  const line = await exchange(controlSocketIn(runDirectory), '{"command":"pair-status"}\n');
  if (line === null) return null;
  const parsed = pairStatusSchema.safeParse(parseJson(line));
  return parsed.success ? parsed.data : null;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function exchange(file: string, line: string): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect(file, () => socket.write(line));
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > CONTROL_LINE_MAX) socket.destroy();
    });
    // No keeper listens, or it went away: "close" follows.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text.includes('\n') ? text : null));
  });
}
