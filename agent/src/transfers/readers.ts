// Reading for other nodes: for each `readFiles` of the master a process that becomes the user who reads, and a connection to the manager.
// Responsible for starting and ending both together; neither outlives the other, nor the agent. Nothing is kept: the manager asks again. Not
// responsible for what is read (tools/transfer/read-main.ts). Made by agent.ts.
import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ManagerMessage } from '@nezuban/protocol/agent/link';
import { encodeMessage } from '@nezuban/protocol/agent/transfer-frames';
import type { Logger } from '@nezuban/platform/logger';
import { agentLimits } from '../limits.ts';
import { findPerson } from './find-person.ts';
import type { TransferWish } from './transfer-connection.ts';

type ReadOrder = Extract<ManagerMessage, { type: 'readFiles' }>;

export type ReadersPorts = {
  readonly open: (wish: TransferWish) => Promise<Duplex>;
  readonly logger: Logger;
  /** `LANG` and `TZ`, where set. */
  readonly locale: Readonly<Record<string, string>>;
};

export type Readers = { readonly read: (order: ReadOrder) => void; readonly stop: () => void };

const program = fileURLToPath(new URL('../tools/transfer/read-main.ts', import.meta.url));
/** For what a user has behind his own programs, nothing is looked up. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function createReaders(ports: ReadersPorts): Readers {
  const { logger } = ports;
  const connections = new Set<Duplex>();
  /** By transfer: the manager asks again before it can know that it was heard. */
  const underWay = new Set<string>();
  let stopped = false;

  const serve = async ({ attemptId, key, source }: ReadOrder): Promise<void> => {
    const connection = await ports.open({ attemptId, side: 'read', key });
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    const person = await findPerson(source);
    if (!person.ok || stopped) {
      const says = person.ok
        ? 'The agent stops.'
        : `${source.node} cannot read ${source.path}: ${person.says}.`;
      connection.end(encodeMessage({ type: 'failed', code: 'user', says }));
      return;
    }
    const reader = spawn(process.execPath, [program], {
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...ports.locale,
        PATH: path,
        NEZUBAN_SOURCE: JSON.stringify(source),
        ...(person.become === null ? {} : { NEZUBAN_BECOME: person.become }),
      },
    });
    const end = (): void => {
      reader.kill('SIGKILL');
      connection.destroy();
    };
    reader.on('error', (error) => {
      logger.warn({ err: error, attemptId }, 'files cannot be read for another node');
      end();
    });
    connection.on('close', end);
    reader.on('exit', () => {
      // What it said last may still be in the pipe.
      reader.stdout.once('close', () => connection.end());
    });
    reader.stdin.on('error', () => undefined);
    connection.pipe(reader.stdin);
    // Ended above, when there is nothing more to come.
    reader.stdout.pipe(connection, { end: false });
  };

  return {
    read(order) {
      const name = `${order.attemptId} ${order.key}`;
      if (stopped || underWay.has(name) || connections.size + underWay.size >= agentLimits.readersMax) return;
      underWay.add(name);
      serve(order)
        .catch((error: unknown) =>
          logger.warn(
            { err: error, attemptId: order.attemptId },
            'a file transfer could not be joined; the manager asks again',
          ),
        )
        .finally(() => underWay.delete(name));
    },
    stop() {
      stopped = true;
      for (const connection of connections) connection.destroy();
    },
  };
}
