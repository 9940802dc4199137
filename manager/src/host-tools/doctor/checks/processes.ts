// What runs, and who listens where.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import type { DoctorContext } from '../context.ts';
import { ok, problem, warning, type Finding } from '../finding.ts';

/** What a manager uses unless told otherwise: console, agents, the pair. */
const USUAL_PORTS = [
  { port: 7380, what: 'console and API', option: '--listen' },
  { port: 7381, what: 'agents', option: '--agent-listen' },
] as const;
const RESTARTS_WARNED = 3;
const CONNECT_MS = 3_000;
const HTTP_OK = 200;

export const checkProcesses = async ({ keeper, host, kind, release }: DoctorContext): Promise<Finding[]> => {
  if (kind !== 'manager') return [];
  if (keeper === null)
    return [
      problem('manager.runs', `No manager runs for ${host.home}.`, {
        means:
          'Nothing is served, nothing is started. Jobs that run on agents go on and report when it is back.',
        type: [
          'nezuban manager',
          `The end of its last run: tail -n 50 ${path.join(host.home, 'log', 'keeper.log')}`,
        ],
      }),
    ];
  const findings: Finding[] = [
    keeper.state === 'running'
      ? ok(
          'manager.runs',
          `The manager runs (process ${keeper.pid}, since ${keeper.startedAt}, ${keeper.duty}).`,
        )
      : warning('manager.runs', `The manager is ${keeper.state} (process ${keeper.pid}).`, {
          type: ['nezuban manager status'],
        }),
  ];
  for (const { name, state, restarts } of keeper.processes) {
    const log = path.join(host.home, 'log', `${name}.log`);
    if (state === 'gave-up' || state === 'given-up' || state === 'failed')
      findings.push(
        problem(
          `process.${name}`,
          `The process "${name}" does not stay up (${state}, ${restarts} restarts).`,
          {
            type: [`tail -n 50 ${log}`],
          },
        ),
      );
    else if (restarts >= RESTARTS_WARNED)
      findings.push(
        warning(`process.${name}`, `The process "${name}" was restarted ${restarts} times.`, {
          type: [`tail -n 50 ${log}`],
        }),
      );
  }
  if (keeper.version !== release)
    findings.push(
      warning('release.running', `Release ${keeper.version} runs, and ${release} is installed.`, {
        means: 'The new release is used from the next start on.',
        type: ['nezuban manager stop', 'nezuban manager'],
      }),
    );
  return findings;
};

export const checkPorts = async ({ keeper, kind }: DoctorContext): Promise<Finding[]> => {
  if (kind !== 'manager') return [];
  if (keeper === null) return (await Promise.all(USUAL_PORTS.map(checkFree))).flat();
  return (await Promise.all([checkConsole(keeper.consoleUrl), checkAgentPort(keeper.agentAddress)])).flat();
};

const checkFree = async ({ port, what, option }: (typeof USUAL_PORTS)[number]): Promise<Finding[]> => {
  if (!(await answers('127.0.0.1', port))) return [ok(`port.${port}`, `Port ${port} (${what}) is free.`)];
  const by = listenerOf(port);
  return [
    problem(
      `port.${port}`,
      `Port ${port} (${what}) is taken${by === null ? ' by another program' : ` by ${by}`}.`,
      {
        means: 'A manager on its usual ports cannot start.',
        type: [
          `ss -ltnp 'sport = :${port}'`,
          `Stop that program, or give the manager another port with ${option} HOST:PORT.`,
        ],
      },
    ),
  ];
};

const checkConsole = async (url: string | null): Promise<Finding[]> => {
  if (url === null)
    return [
      problem('port.console', 'The manager does not answer at its console yet.', {
        type: ['nezuban manager status'],
      }),
    ];
  const status = await statusOf(`${url}/readyz`);
  const stands = await statusOf(`${url}/health/live`);
  if (status === HTTP_OK) return [ok('port.console', `Console and API answer at ${url}.`)];
  if (stands === HTTP_OK)
    return [
      ok(
        'port.console',
        `The console answers at ${url}; this host is not on duty, or not ready (HTTP ${status ?? 'no answer'}).`,
      ),
    ];
  return [
    problem('port.console', `The console does not answer at ${url}.`, {
      type: ['nezuban manager status', `curl -vk ${url}/healthz`],
    }),
  ];
};

const checkAgentPort = async (address: string | null): Promise<Finding[]> => {
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(address ?? '');
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return [];
  if (await answers(host, Number(match?.[3])))
    return [ok('port.agents', `Agents reach this manager at ${address} from this host.`)];
  return [
    warning(
      'port.agents',
      `Nothing answers at ${address}, the address that agents are told, when asked from this host.`,
      {
        means:
          'Agents elsewhere may be unable to connect: a name that does not resolve, or an address that is not this host’s.',
        type: ['Start the manager with --advertise HOST:PORT, an address that agents reach.'],
      },
    ),
  ];
};

export const answers = async (host: string, port: number): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = net.connect({ host, port, timeout: CONNECT_MS });
  socket.on('connect', () => resolve(true));
  socket.on('timeout', () => resolve(false));
  socket.on('error', () => resolve(false));
  const answered = await promise;
  socket.destroy();
  return answered;
};

/** Null: no answer. The certificate is looked at elsewhere; here only whether somebody answers. */
const statusOf = async (url: string): Promise<number | null> => {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const options = { timeout: CONNECT_MS, agent: false } as const;
  const request = url.startsWith('https:')
    ? https.get(url, { ...options, rejectUnauthorized: false })
    : http.get(url, options);
  request.on('response', (response) => {
    response.resume();
    resolve(response.statusCode ?? null);
  });
  request.on('timeout', () => request.destroy());
  request.on('error', () => resolve(null));
  return await promise;
};

/** `process 123 (nginx)`, as far as this user may see it. */
const listenerOf = (port: number): string | null => {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of linesOf(table)) {
      const fields = line.trim().split(/\s+/);
      const local = fields[1]?.split(':')[1];
      if (
        local !== undefined &&
        Number.parseInt(local, 16) === port &&
        fields[3] === LISTENING &&
        fields[9] !== undefined
      )
        inodes.add(fields[9]);
    }
  for (const pid of listOf('/proc').filter((name) => /^\d+$/.test(name)))
    for (const descriptor of listOf(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined && inodes.has(inode))
        return `process ${pid} (${linesOf(`/proc/${pid}/comm`)[0] ?? '?'})`;
    }
  return null;
};

/** State of a listening socket in /proc/net/tcp. */
const LISTENING = '0A';

const linesOf = (file: string): string[] => quietly(() => readFileSync(file, 'utf8').split('\n'), []);
const listOf = (folder: string): string[] => quietly(() => readdirSync(folder), []);
const linkOf = (file: string): string => quietly(() => readlinkSync(file), '');

/** What may not be seen, or has gone meanwhile, is not there. */
const quietly = <Result>(work: () => Result, otherwise: Result): Result => {
  try {
    return work();
  } catch {
    return otherwise;
  }
};
