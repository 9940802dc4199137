// An agent for tests: a home of its own under /tmp, enrolled at a fake manager, run in this process or as the real program.
// Responsible that nothing is left: `clean` ends agents, spawners, waiters and commands of this home, found by the home's own records.
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AttemptId } from '@nezuban/protocol/ids';
import { createMemoryLogger, type MemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { createAgent, openJournal, type Agent, type AgentPorts } from '../agent.ts';
import { enrol } from '../identity/enrolment.ts';
import { readIdentity, writeIdentity } from '../identity/identity.ts';
import type { FakeManager } from './fake-manager.ts';
import { waitUntil } from './wait-until.ts';

const mainProgram = fileURLToPath(new URL('../main.ts', import.meta.url));

export class AgentFixture {
  /** NEZUBAN_HOME; the agent's own folder is `agent` inside. */
  readonly base: string;
  readonly home: string;
  readonly logger: MemoryLogger = createMemoryLogger();
  readonly #agents = new Set<Agent>();
  readonly #children = new Set<ChildProcess>();
  #manager: FakeManager | null = null;

  constructor() {
    this.base = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-agent-'));
    this.home = path.join(this.base, 'agent');
    fs.mkdirSync(this.home, { mode: 0o700 });
  }

  async join(manager: FakeManager, address = manager.address): Promise<void> {
    this.#manager = manager;
    writeIdentity(
      this.home,
      await enrol({ managers: [address], token: manager.token, nodeName: 'test', version: '0' }),
    );
  }

  /** Runs an agent in this process. */
  start(ports: Partial<AgentPorts> = {}): Agent {
    const identity = readIdentity(this.home);
    if (!identity) throw new Error('join first');
    const agent = createAgent(
      { logger: this.logger, identity, ...ports, journal: ports.journal ?? openJournal(this.home) },
      { home: this.home, version: '0.1.0', locale: {} },
    );
    agent.start();
    this.#agents.add(agent);
    return agent;
  }

  async stop(agent: Agent): Promise<void> {
    await agent.stop({ withJobs: false, withinMs: 5_000 });
    this.#agents.delete(agent);
  }

  /** Makes everything in the home the user's, for an agent that is no root. */
  giveTo(uid: number): void {
    for (const name of fs.readdirSync(this.base, { recursive: true }))
      fs.chownSync(path.join(this.base, String(name)), uid, uid);
    fs.chownSync(this.base, uid, uid);
  }

  /** Runs the real program as a process, which can be killed. `uid`: as another user, for root alone. */
  spawnProgram(args: readonly string[] = ['run'], uid?: number): ChildProcess {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', mainProgram, ...args, '--home', this.base],
      { stdio: ['ignore', 'pipe', 'pipe'], ...(uid === undefined ? {} : { uid, gid: uid }) },
    );
    this.#children.add(child);
    child.on('exit', () => this.#children.delete(child));
    return child;
  }

  async kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }

  /** Pid of the waiter of an attempt, once it has claimed it. */
  async waiterPid(attemptId: string): Promise<number> {
    const file = path.join(this.home, 'attempts', attemptId, 'waiter');
    return waitUntil(
      () =>
        fs.existsSync(file) ? Number(/^pid (\d+)$/m.exec(fs.readFileSync(file, 'utf8'))?.[1]) : undefined,
      `the waiter of ${attemptId}`,
    );
  }

  /** The spawner of an agent process: its child by that name. */
  async spawnerPid(parentPid: number): Promise<number> {
    return waitUntil(() => {
      for (const name of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
        const parent = readProc(name, 'status').match(/^PPid:\s+(\d+)$/m)?.[1];
        if (Number(parent) === parentPid && readProc(name, 'cmdline').startsWith('nezuban-spawner'))
          return Number(name);
      }
      return undefined;
    }, 'the spawner');
  }

  file(name: string): string {
    return path.join(this.base, name);
  }

  /** Lines of a file that commands append to; none if it is not there yet. */
  lines(name: string): string[] {
    const file = this.file(name);
    return fs.existsSync(file)
      ? fs
          .readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  }

  /** Stops everything and fails if a process of this home is left after what it ended itself. */
  async clean(): Promise<void> {
    for (const agent of this.#agents) await agent.stop({ withJobs: true, withinMs: 10_000 });
    for (const child of this.#children) await this.kill(child);
    for (const pid of this.#ownProcesses()) {
      // What a test has left running on purpose: commands of killed waiters and the like.
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    }
    await waitUntil(() => this.#ownProcesses().length === 0, `all processes of ${this.base} to end`);
    fs.rmSync(this.base, { recursive: true, force: true });
  }

  /** Commands by their mark, waiters by their name; of all attempts that the manager has heard of. */
  #ownProcesses(): number[] {
    const ids = new Set(this.#manager?.receipts.map((receipt) => receipt.attemptId));
    if (ids.size === 0) return [];
    return fs
      .readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
      .filter((pid) => {
        const mark =
          /(?:^|\0)NEZUBAN_ATTEMPT_ID=([^\0]*)/.exec(readProc(pid, 'environ'))?.[1] ??
          /^nezuban-(?:waiter|tool \w+) ([^\0 ]+)/.exec(readProc(pid, 'cmdline'))?.[1];
        return (
          mark !== undefined && ids.has(mark as AttemptId) && !/^\d+ \(.*\) [ZX]/s.test(readProc(pid, 'stat'))
        );
      })
      .map(Number);
  }
}

function readProc(pid: string, name: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
