// `nezuban run`: makes a session now; with --wait or --follow stays until it has ended.
import { randomUUID } from 'node:crypto';
import { withPatience } from '../../api/patience.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { parseParameters, readSecrets } from './parameters.ts';
import { waitForSession } from './wait-for-session.ts';

export const run: CommandRun = async (context) => {
  const { args, out, ports, signal } = context;
  const name = args.positional('NET');
  const parameters = {
    ...parseParameters([...args.texts('param'), ...args.texts('parameter')], 'run'),
    ...(await readSecrets(args.texts('secret'), context)),
  };
  const api = await context.api();
  // The key makes it safe to ask again where the answer was lost on the way.
  const body = {
    parameters,
    idempotencyKey: args.text('idempotency-key') ?? randomUUID(),
    ...(args.flag('override-freeze') && { overrideFreeze: true }),
  };
  const start = () => api.call('runNet', { params: { name }, body });
  const follow = args.flag('follow');
  const session = await start().catch((error: unknown) => {
    if (!wasCutOff(error)) throw error;
    out.note('The connection was cut; asking again with the same key, so that nothing runs twice.');
    return withPatience(start, { signal, now: ports.now, onTrouble: () => undefined });
  });
  if (!follow && !args.flag('wait')) {
    await out.result(
      session,
      () => `Session ${session.id} of ${session.net} is running. See: nezuban session show ${session.id}`,
    );
    return exitCodes.ok;
  }
  if (follow)
    await out.item({ type: 'session', session }, () => `Session ${session.id} of ${session.net} is running`);
  else out.note(`Session ${session.id} of ${session.net} is running`);
  return waitForSession(context, { id: session.id, follow });
};

/** Sent, but the answer did not come: nobody knows yet whether the session exists. */
const wasCutOff = (error: unknown): boolean => {
  if (!(error instanceof Failure) || !error.retryable) return false;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return (
    error.code === 'shutting_down' ||
    error.code === 'database_unavailable' ||
    cause?.code === 'ECONNRESET' ||
    cause?.code === 'EPIPE'
  );
};
