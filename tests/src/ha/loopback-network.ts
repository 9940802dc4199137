/**
 * Hosts as addresses of the loopback interface, for whoever is not root: everything works but cuts.
 *
 * Responsible for addresses and for knowing the processes of a host by a mark in their environment, or by a parent that has it. Called by
 * `create-network.ts`.
 */
import fs from 'node:fs';
import { type HostName, hostNames, type Network, type Place } from './network.ts';

const ADDRESSES: Readonly<Record<HostName, string>> = {
  a: '127.79.0.1',
  b: '127.79.0.2',
  w: '127.79.0.3',
  c: '127.79.0.4',
};
const MARK = 'NEZUBAN_HA_HOST';
/** Deeper than any tree of ours. */
const ANCESTORS_MAX = 30;

export function createLoopbackNetwork(): Network {
  const run = `${process.pid}`;
  const refuse = (): never => {
    throw new Error('hosts on loopback addresses cannot be cut from each other; run as root on Linux');
  };
  return {
    kind: 'loopback',
    places: Object.fromEntries(
      hostNames.map((name) => [name, createPlace(name, run)]),
    ) as unknown as Network['places'],
    cutOneWay: refuse,
    cut: refuse,
    isolate: refuse,
    mute: refuse,
    deafen: refuse,
    unplug: refuse,
    heal: () => undefined,
    remove: () => undefined,
  };
}

function createPlace(name: HostName, run: string): Place {
  const mark = `${MARK}=${run}-${name}`;
  return {
    name,
    address: ADDRESSES[name],
    hostname: `host-${name}`,
    namespaceLink: null,
    enter: (command) => ['env', mark, ...command],
    holds(pid) {
      let current = pid;
      for (let step = 0; step < ANCESTORS_MAX && current > 1; step += 1) {
        // Programs that rename themselves overwrite the memory that shows their environment; their parents have not.
        if (fs.readFileSync(`/proc/${current}/environ`, 'latin1').split('\0').includes(mark)) return true;
        const stat = fs.readFileSync(`/proc/${current}/stat`, 'utf8');
        current = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      }
      return false;
    },
  };
}
