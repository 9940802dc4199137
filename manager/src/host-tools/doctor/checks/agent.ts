// An agent's home: this host's own agent below a manager's home, or that of a host that is only managed.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { DoctorContext } from '../context.ts';
import { ok, problem, warning, type Finding } from '../finding.ts';
import { judgeLife } from './data.ts';

const run = promisify(execFile);
const TOOL_MS = 3_000;
const CONNECT_MS = 5_000;
/** As the agent looks for it. */
const PERL = ['/usr/bin/perl', '/usr/local/bin/perl', '/bin/perl'] as const;
/** Name in every manager's certificate for agents. */
const MANAGER_NAME = 'nezuban-manager';

const identitySchema = z.object({
  nodeName: z.string(),
  managers: z.array(z.string()),
  certificate: z.string(),
  ca: z.string(),
});
type Identity = z.infer<typeof identitySchema>;

export const agentHomeOf = ({ host, kind }: DoctorContext): string | null => {
  if (kind === 'agent') return host.home;
  const own = path.join(host.home, 'agent');
  return kind === 'manager' && existsSync(own) ? own : null;
};

export const checkAgent = async (context: DoctorContext): Promise<Finding[]> => {
  const home = agentHomeOf(context);
  if (home === null) return [];
  const identity = readIdentity(home);
  const perl = await checkPerl();
  if (identity === null)
    return [
      ...perl,
      warning('agent.joined', `The agent of ${home} has not joined a manager.`, {
        type: [
          'nezuban agent join --manager HOST:PORT --token TOKEN',
          'A token is made on the manager: nezuban join-token',
        ],
      }),
    ];
  if (identity === 'unreadable')
    return [
      ...perl,
      problem('agent.joined', `${path.join(home, 'identity.json')} cannot be read, or is none.`, {
        means: 'The agent does not start.',
        type: ['Run the doctor as its owner, restore the file, or remove it and join again.'],
      }),
    ];
  return [
    ok('agent.joined', `The agent has joined as node "${identity.nodeName}".`),
    judgeLife('certificate of the agent', identity.certificate, {
      now: context.now,
      renew: 'It renews itself while the agent is connected: nezuban agent status',
    }),
    ...perl,
    ...(await Promise.all(identity.managers.map(async (address) => await checkLink(address, identity)))),
  ];
};

const checkPerl = async (): Promise<Finding[]> => {
  const file = PERL.find((candidate) => existsSync(candidate));
  const missing = problem(
    'agent.perl',
    `No Perl that works is on this host (looked for ${PERL.join(', ')}).`,
    {
      means: 'The agent starts commands through it; without it no job runs here.',
      type: ['apt-get install perl-base, or dnf install perl-interpreter'],
    },
  );
  if (file === undefined) return [missing];
  try {
    const { stdout } = await run(file, ['-MPOSIX', '-MSocket', '-e', 'print $^V'], { timeout: TOOL_MS });
    return [ok('agent.perl', `Perl ${stdout} starts the commands of jobs.`)];
  } catch {
    return [missing];
  }
};

const checkLink = async (address: string, { ca }: Identity): Promise<Finding> => {
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return problem('agent.link', `"${address}" is not the address of a manager.`);
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const socket = tls.connect(
    { host, port: Number(match?.[3]), ca, servername: MANAGER_NAME, timeout: CONNECT_MS },
    () =>
      resolve(ok('agent.link', `The manager at ${address} answers and is the one that this agent joined.`)),
  );
  const unreached = (why: string): Finding =>
    warning('agent.link', `The manager at ${address} is not reached (${why}).`, {
      means: 'Running jobs go on; new ones and results wait until it is.',
      type: [
        `nc -vz ${host} ${match?.[3]}`,
        'Look at the firewall between them, and whether the manager runs.',
      ],
    });
  socket.on('timeout', () => resolve(unreached('no answer')));
  socket.on('error', (error: NodeJS.ErrnoException) =>
    resolve(
      /CERT|SELF_SIGNED|ISSUER|SIGNATURE/.test(error.code ?? '')
        ? problem(
            'agent.link',
            `What answers at ${address} is not the manager that this agent joined (${error.code}).`,
            {
              means: 'Either the address leads elsewhere now, or that manager was made anew.',
              type: [
                'nezuban agent status',
                'To join the new one: remove identity.json, then nezuban agent join',
              ],
            },
          )
        : unreached(error.code ?? error.message),
    ),
  );
  const finding = await promise;
  socket.destroy();
  return finding;
};

const readIdentity = (home: string): Identity | 'unreadable' | null => {
  const file = path.join(home, 'identity.json');
  if (!existsSync(file)) return null;
  try {
    return identitySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return 'unreadable';
  }
};
