/** The intake's program as the keeper starts it, for tests: with orders in its home, told over the channel, ended by the channel's end. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { intakeSettingsSchema } from '@nezuban/protocol/intake/orders';
import type { FromChild } from '@nezuban/protocol/keeper/child-messages';
import { waitFor } from '@nezuban/tests/support/wait-for';

const MAIN = path.join(import.meta.dirname, '../main.ts');

export type ManagedIntake = {
  readonly child: ChildProcess;
  readonly socketPath: string;
  /** As if the keeper were gone. */
  readonly end: () => Promise<void>;
};

export async function startManagedIntake(home: string, settings: object): Promise<ManagedIntake> {
  const orders = {
    revision: 1,
    settings: intakeSettingsSchema.parse(settings),
    snmpUsers: [],
    httpTokenHashes: [],
    tls: null,
  };
  fs.mkdirSync(path.join(home, 'intake'), { mode: 0o700, recursive: true });
  fs.writeFileSync(path.join(home, 'intake/orders.json'), JSON.stringify(orders));
  const socketPath = path.join(home, 'intake.sock');
  const child = fork(MAIN, ['--keeper'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const said: FromChild[] = [];
  child.on('message', (message) => said.push(message as FromChild));
  child.send({ type: 'start', config: { home, socketPath, hostName: 'test', tls: null, logLevel: 'error' } });
  await waitFor(() => said.some(({ type }) => type === 'ready'));
  return {
    child,
    socketPath,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
