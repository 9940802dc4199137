/**
 * Hosts as network namespaces around a router namespace: the nearest thing to four machines that one kernel gives.
 *
 * Responsible for making and removing the namespaces, and for cuts. Each host has a subnet of its own and reaches the others through the
 * router, where a rule `from X to Y blackhole` drops packets silently: no reset, no ICMP, also for connections that exist. Cutting at the
 * sender instead would let it know at once (EINVAL). Not responsible for processes. Called by `create-network.ts`.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { processesThat, signalMarked } from '../support/processes.ts';
import { type HostName, hostNames, type Network, type Overlay, type Place } from './network.ts';

const NETNS_DIRECTORY = '/run/netns';
/** Then the pid of the harness and a name. What a killed harness leaves behind is known by it. */
const PREFIX = 'nzha-';
/** Private to the namespaces: nothing outside sees these addresses. */
const SUBNETS: Readonly<Record<HostName, string>> = {
  a: '10.79.1',
  b: '10.79.2',
  w: '10.79.3',
  c: '10.79.4',
};
const TOOL_TIMEOUT_MS = 10_000;

/** One sentence if this machine or user cannot have network namespaces, else null. */
export function whyNoNamespaces(): string | null {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const probe = `${PREFIX}${process.pid}-probe`;
  try {
    ip('netns', 'add', probe);
    ip('netns', 'del', probe);
    return null;
  } catch (error) {
    return `network namespaces cannot be made here: ${(error as Error).message.split('\n')[0]}`;
  }
}

export function createNetnsNetwork(): Network {
  sweep();
  const base = `${PREFIX}${process.pid}`;
  const router = `${base}-r`;
  const all = [router, ...hostNames.map((name) => `${base}-${name}`)];
  let removed = false;
  const remove = () => {
    if (removed) return;
    removed = true;
    for (const name of all) removeNamespace(name);
  };
  try {
    for (const name of all) ip('netns', 'add', name);
    for (const name of hostNames) connectHost(router, `${base}-${name}`, name);
    execFileSync(
      'nsenter',
      [`--net=${NETNS_DIRECTORY}/${router}`, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'],
      {
        timeout: TOOL_TIMEOUT_MS,
      },
    );
  } catch (error) {
    remove();
    throw error;
  }

  /** Every host has a rule number for each direction, so that a cut made twice is one cut. */
  const cuts = new Set<string>();
  const unplugged = new Set<HostName>();
  const addressOf = (name: HostName) => `${SUBNETS[name]}.1`;
  const drop = (selectors: readonly string[]) => {
    const wanted = selectors.filter((selector) => !cuts.has(selector));
    for (const selector of wanted) cuts.add(selector);
    batch(
      router,
      wanted.map((selector) => `rule add ${selector} blackhole pref 100`),
    );
  };
  const others = (host: HostName) => hostNames.filter((name) => name !== host);
  const oneWay = (from: HostName, to: HostName) => `from ${addressOf(from)} to ${addressOf(to)}`;
  const outOf = (host: HostName) => others(host).map((other) => oneWay(host, other));
  const into = (host: HostName) => others(host).map((other) => oneWay(other, host));

  return {
    kind: 'namespaces',
    places: Object.fromEntries(
      hostNames.map((name) => [name, createPlace(name, `${base}-${name}`)]),
    ) as unknown as Network['places'],
    cutOneWay: (from, to) => drop([oneWay(from, to)]),
    cut: (one, other) => drop([oneWay(one, other), oneWay(other, one)]),
    isolate: (host) => drop([...outOf(host), ...into(host)]),
    mute: (host) => drop(outOf(host)),
    deafen: (host) => drop(into(host)),
    unplug(host) {
      // Without the rules the router would tell the others that there is no way.
      drop([...outOf(host), ...into(host)]);
      batch(router, [`link set dev to-${host} down`]);
      unplugged.add(host);
    },
    heal() {
      batch(router, [
        ...[...unplugged].map((host) => `link set dev to-${host} up`),
        ...[...cuts].map((selector) => `rule del ${selector} blackhole pref 100`),
      ]);
      unplugged.clear();
      cuts.clear();
    },
    remove,
  };
}

function connectHost(router: string, namespace: string, name: HostName): void {
  const subnet = SUBNETS[name];
  ip(
    'link',
    'add',
    `to-${name}`,
    'netns',
    router,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    namespace,
  );
  batch(router, [
    `addr add ${subnet}.254/24 dev to-${name}`,
    `link set dev to-${name} up`,
    'link set dev lo up',
  ]);
  batch(namespace, [
    'link set dev lo up',
    `addr add ${subnet}.1/24 dev eth0`,
    'link set dev eth0 up',
    `route add default via ${subnet}.254`,
  ]);
}

/** The last step of the way in: mounts what stands in for other files, takes the host's name, becomes the program. */
const ENTER_SCRIPT =
  'hostname "$1"; shift; while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 97; shift 2; done; shift; exec "$@"';

function createPlace(name: HostName, namespace: string): Place {
  const inode = fs.statSync(path.join(NETNS_DIRECTORY, namespace)).ino;
  const identity = `net:[${inode}]`;
  const hostname = `host-${name}`;
  return {
    name,
    address: `${SUBNETS[name]}.1`,
    hostname,
    namespaceLink: identity,
    enter: (command, overlays: readonly Overlay[] = []) => [
      'nsenter',
      `--net=${NETNS_DIRECTORY}/${namespace}`,
      'unshare',
      '--uts',
      ...(overlays.length > 0 ? ['--mount'] : []),
      'sh',
      '-c',
      ENTER_SCRIPT,
      'sh',
      hostname,
      ...overlays.flatMap(({ source, target }) => [source, target]),
      '--',
      ...command,
    ],
    holds: (pid) => fs.readlinkSync(`/proc/${pid}/ns/net`) === identity,
  };
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { timeout: TOOL_TIMEOUT_MS, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Several commands of `ip` inside a namespace, at once. */
function batch(namespace: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  execFileSync('ip', ['-n', namespace, '-batch', '-'], {
    input: `${lines.join('\n')}\n`,
    timeout: TOOL_TIMEOUT_MS,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

function removeNamespace(name: string): void {
  if (fs.existsSync(path.join(NETNS_DIRECTORY, name))) ip('netns', 'del', name);
}

/** What a harness that was killed has left: its processes, known by their namespace, and the namespaces. */
function sweep(): void {
  if (!fs.existsSync(NETNS_DIRECTORY)) return;
  for (const name of fs.readdirSync(NETNS_DIRECTORY)) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || fs.existsSync(`/proc/${owner}`)) continue;
    const identity = `net:[${fs.statSync(path.join(NETNS_DIRECTORY, name)).ino}]`;
    const left = processesThat((pid) => fs.readlinkSync(`/proc/${pid}/ns/net`) === identity);
    for (const one of left) signalMarked(one, 'SIGKILL');
    removeNamespace(name);
  }
}
