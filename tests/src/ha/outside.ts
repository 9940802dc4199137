/**
 * The world around the pair that units of sessions reach: a web server, a mail server, an sshd, and a container engine on each host with an agent.
 *
 * Responsible for starting and ending it on the client's host, which no scenario harms, and for saying what reached it. The sshd is the
 * machine's own, with keys of its own; without one that unit is left out. The engine is a stand-in (`stand-in-engine.sh`), laid over
 * /usr/local/sbin in the eyes of the agents. Called by `pair.ts` and `pair-load.ts`.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../acceptance/product.ts';
import type { Host } from './host.ts';
import type { Overlay } from './network.ts';

const HTTP_PORT = 8_080;
const MAIL_PORT = 2_525;
const SSH_PORT = 2_222;
/** First in the PATH that agents give to attempts. */
const ENGINE_TARGET = '/usr/local/sbin';
const STAND_IN = path.join(repositoryRoot, 'agent/src/testing/stand-in-engine.sh');
const sshd = ['/usr/sbin/sshd', '/usr/lib/ssh/sshd'].find((file) => fs.existsSync(file));

/** What the definitions of nets need to know. */
export interface OutsidePlaces {
  readonly url: string;
  readonly mail: { readonly host: string; readonly port: number };
  readonly ssh: SshPlace | null;
}
interface SshPlace {
  readonly host: string;
  readonly port: number;
  readonly keyFile: string;
  readonly knownHosts: string;
}

export interface OutsideFacts {
  /** How often each session has called, by its key. */
  readonly calls: ReadonlyMap<string, number>;
  /** Message-IDs of the mails of each session. */
  readonly mails: ReadonlyMap<string, readonly string[]>;
}

export interface Outside {
  readonly places: OutsidePlaces;
  /** What an agent must see instead of what the machine has. */
  engineOverlay(host: Host): Overlay;
  facts(): OutsideFacts;
  stop(): void;
}

export function startOutside(host: Host, scratch: string): Outside {
  const folder = path.join(scratch, 'outside');
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'reached');
  fs.writeFileSync(file, '');
  const { address } = host.place;
  const children: ChildProcess[] = [];
  const start = (command: readonly string[]): void => {
    const [program, ...args] = host.place.enter(command);
    const log = fs.openSync(path.join(folder, 'log'), 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
    fs.closeSync(log);
    if (child.pid !== undefined) host.processes.exempt(child.pid);
    children.push(child);
  };
  const program = path.join(import.meta.dirname, 'outside-main.ts');
  const words = [process.execPath, '--disable-warning=ExperimentalWarning', program];
  start([...words, file, address, String(HTTP_PORT), String(MAIL_PORT)]);
  const ssh = sshd === undefined ? null : prepareSsh(folder, address);
  if (ssh !== null) start([sshd ?? '', '-D', '-e', '-f', path.join(folder, 'sshd_config')]);
  return {
    places: { url: `http://${address}:${HTTP_PORT}`, mail: { host: address, port: MAIL_PORT }, ssh },
    engineOverlay(of) {
      const source = path.join(scratch, `engine-${of.name}`);
      fs.mkdirSync(source, { recursive: true });
      fs.copyFileSync(STAND_IN, path.join(source, 'docker'));
      fs.chmodSync(path.join(source, 'docker'), 0o755);
      return { source, target: ENGINE_TARGET };
    },
    facts: () => factsOf(fs.readFileSync(file, 'utf8')),
    stop() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

function prepareSsh(folder: string, address: string): SshPlace {
  const inFolder = (name: string): string => path.join(folder, name);
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', inFolder(name)]);
  fs.mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const config = [
    `Port ${SSH_PORT}`,
    `ListenAddress ${address}`,
    `HostKey ${inFolder('host')}`,
    `AuthorizedKeysFile ${inFolder('user.pub')}`,
    `PidFile ${inFolder('sshd.pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    // After a pause many come at once; by default some would be sent away.
    'MaxStartups 200',
  ];
  fs.writeFileSync(inFolder('sshd_config'), config.join('\n'));
  const [type = '', key = ''] = fs.readFileSync(inFolder('host.pub'), 'utf8').split(' ');
  return {
    host: address,
    port: SSH_PORT,
    keyFile: inFolder('user'),
    knownHosts: `[${address}]:${SSH_PORT} ${type} ${key}`,
  };
}

function factsOf(text: string): OutsideFacts {
  const calls = new Map<string, number>();
  const mails = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [what, id = '', messageId = ''] = line.split(' ');
    if (what === 'call') calls.set(id, (calls.get(id) ?? 0) + 1);
    if (what === 'mail') mails.set(id, [...(mails.get(id) ?? []), messageId]);
  }
  return { calls, mails };
}
