/**
 * A device that numbers what it says: syslog datagrams to both hosts, as devices are told to, and custom traps to one host at a time, which
 * acknowledges them.
 *
 * Responsible for sending, and for knowing when each host surely heard: a second question to its intake tells whether it was up and reachable
 * all the time around a datagram. Every so often a line is said three times, and is meant three times. Not responsible for the verdict
 * (`check-traps.ts`). Run by `load-main.ts`.
 */
import dgram from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import { type Caller, monotonicMs } from './http-call.ts';
import type { HearingRecord, TrapRecord } from './load-records.ts';
import type { Load } from './write-load.ts';

export interface TrapLoadOptions {
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly syslogPort: number;
  readonly httpPort: number;
  /** Begins every text. */
  readonly prefix: string;
  /** Between two datagrams. */
  readonly pauseMs: number;
}

/** Marks what belongs to these loads; the trap monitors of the harness look for it. */
export const TRAP_MARK = 'nz-numbered';
const TRIPLE_EVERY = 20;
const CUSTOM_PAUSE_MS = 100;
const ANSWER_TIMEOUT_MS = 3_000;
/** Far less than an intake needs to die and come back. */
const PROBE_MS = 50;
const PROBE_TIMEOUT_MS = 400;

export type NoteTrap = (record: TrapRecord | HearingRecord) => void;

export function startTrapLoad(caller: Caller, options: TrapLoadOptions, note: NoteTrap): Load {
  const { hosts, prefix } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  const socket = dgram.createSocket('udp4');
  // A host that is off answers with nothing, or with a refusal that nobody waits for.
  socket.on('error', () => undefined);

  const pause = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  };

  async function saySyslog(): Promise<void> {
    for (let number = 1; !signal.aborted; number += 1) {
      const id = `u${number}`;
      const copies = number % TRIPLE_EVERY === 0 ? 3 : 1;
      const line = `<134>1 ${new Date().toISOString()} device numbers - - - ${TRAP_MARK} ${prefix} ${id};`;
      note({ type: 'trap', id, sentAt: monotonicMs(), copies, outcome: 'said', host: null });
      for (let copy = 0; copy < copies; copy += 1)
        for (const { address } of hosts) socket.send(line, options.syslogPort, address, () => undefined);
      await pause(options.pauseMs);
    }
  }

  async function sayCustom(): Promise<void> {
    for (let number = 1; !signal.aborted; number += 1) {
      const host = hosts[number % hosts.length];
      if (host === undefined) return;
      const id = `h${number}`;
      const sentAt = monotonicMs();
      const answer = await caller.call({
        url: `http://${host.address}:${options.httpPort}/traps`,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `${prefix}-${id}` },
        body: JSON.stringify({ host: 'device', key: 'numbers', text: `${TRAP_MARK} ${prefix} ${id};` }),
        timeoutMs: ANSWER_TIMEOUT_MS,
      });
      const taken = answer.outcome === 'answered' && answer.status >= 200 && answer.status < 300;
      const outcome = taken ? 'acked' : answer.outcome === 'unknown' ? 'unknown' : 'refused';
      note({ type: 'trap', id, sentAt, copies: 1, outcome, host: host.name });
      await pause(CUSTOM_PAUSE_MS);
    }
  }

  async function probe(host: TrapLoadOptions['hosts'][number]): Promise<void> {
    while (!signal.aborted) {
      const sentAt = monotonicMs();
      const answer = await caller.call({
        url: `http://${host.address}:${options.httpPort}/healthz`,
        method: 'GET',
        timeoutMs: PROBE_TIMEOUT_MS,
      });
      note({
        type: 'hearing',
        host: host.name,
        sentAt,
        endedAt: monotonicMs(),
        hears: answer.outcome === 'answered' && answer.status === 200,
      });
      await pause(PROBE_MS);
    }
  }

  const tasks = [saySyslog(), sayCustom(), ...hosts.map((host) => probe(host))];
  return {
    async stop() {
      stopped.abort();
      await Promise.all(tasks);
      socket.close();
    },
  };
}
