/**
 * Starts sessions again and again, each under a key of its own, and asks again with the same key until an answer says what became of it.
 *
 * Responsible for the starts and their records, and for the nets that are started: their commands write a ledger themselves, the witness of
 * what really ran. Run by `load-main.ts`; the nets are applied by `pair-load.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { buildRequest } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { EVERY_END_STATUS, everyLedgerUnits, everyNetName, everyNetsYaml } from './every-unit-net.ts';
import { type Caller, monotonicMs } from './http-call.ts';
import type { SessionRecord } from './load-records.ts';
import { createMasterFinder, type Target } from './master-finder.ts';
import type { OutsidePlaces } from './outside.ts';
import type { Load } from './write-load.ts';

export interface JobLoadOptions {
  readonly targets: readonly Target[];
  readonly token: string;
  readonly prefix: string;
  /** Nets to start in turn. */
  readonly nets: readonly string[];
  readonly pauseMs: number;
}

const START_TIMEOUT_MS = 2_000;
const RETRY_PAUSE_MS = 100;
/** After the end of the load, for those without an answer. */
const LAST_ANSWERS_MS = 30_000;
const AT_ONCE_MAX = 50;

export function startJobLoad(
  caller: Caller,
  options: JobLoadOptions,
  note: (record: SessionRecord) => void,
): Load {
  const stopped = new AbortController();
  const gaveUp = new AbortController();
  const finder = createMasterFinder(caller, options.targets);
  const open = new Set<Promise<void>>();

  const begin = async (): Promise<void> => {
    for (let number = 0; !stopped.signal.aborted; number += 1) {
      const net = options.nets[number % options.nets.length];
      if (net !== undefined && open.size < AT_ONCE_MAX) {
        const one = startOne(`${options.prefix}-${number}`, net).finally(() => open.delete(one));
        open.add(one);
      }
      await delay(options.pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };

  async function startOne(id: string, net: string): Promise<void> {
    const firstSentAt = monotonicMs();
    let code: string | null = null;
    for (let tries = 1; !gaveUp.signal.aborted; tries += 1) {
      const target = finder.current() ?? (await finder.find(gaveUp.signal).catch(() => null));
      if (target === null) break;
      const request = buildRequest(operations.runNet, {
        params: { name: net },
        body: { parameters: { ID: id }, idempotencyKey: id },
      });
      const result = await caller.call({
        url: `${target.url}${request.path}`,
        method: request.method,
        headers: { ...request.headers, authorization: `Bearer ${options.token}` },
        body: request.body,
        timeoutMs: START_TIMEOUT_MS,
        signal: gaveUp.signal,
      });
      if (result.status === 201) {
        const { id: sessionId } = JSON.parse(result.body) as { id: number };
        const base = { type: 'session', id, net, firstSentAt, tries, host: target.name } as const;
        note({ ...base, ackedAt: monotonicMs(), sessionId, code });
        return;
      }
      code = result.outcome === 'answered' ? `${result.status} ${result.body.slice(0, 200)}` : result.error;
      await delay(RETRY_PAUSE_MS);
      await finder.find(gaveUp.signal).catch(() => undefined);
    }
    note({
      type: 'session',
      id,
      net,
      firstSentAt,
      ackedAt: null,
      sessionId: null,
      tries: 0,
      host: null,
      code,
    });
  }

  const beginning = begin();
  return {
    async stop() {
      stopped.abort();
      await beginning;
      const timer = setTimeout(() => gaveUp.abort(), LAST_ANSWERS_MS);
      await Promise.all(open);
      clearTimeout(timer);
    },
  };
}

/** `short` ends at once, `steps` has three units in a row, `long` runs across a switch, `every` holds every type of unit. */
const SHAPES = ['short', 'steps', 'long', 'every'] as const;
export type NetShape = (typeof SHAPES)[number];
/** Many short ones, few long ones. */
const MIX: readonly NetShape[] = ['short', 'steps', 'every', 'short', 'long', 'short', 'steps', 'short'];

/** Names of the nets for a node, in the order in which they are to be started. */
export function loadNetNames(node: string, shapes: readonly NetShape[] = MIX): string[] {
  return shapes.map((shape) => `ha/${shape}-${node}`);
}

/** Each command appends one line (a single O_APPEND write): key, unit, attempt, nanoseconds since 1970. */
export function loadNetsYaml(node: string, ledger: string, outside: OutsidePlaces | null): string {
  const line = 'echo "$ID $NEZUBAN_UNIT $NEZUBAN_ATTEMPT_ID $(date +%s%N)" >> "$LEDGER"';
  const units = {
    short: `  - name: one\n    command: '${line}'\n`,
    steps: `  - name: one\n    command: '${line}; sleep 0.5'\n  - name: two\n    command: '${line}; sleep 0.5'\n    after: [one]\n  - name: three\n    command: '${line}'\n    after: [two]\n`,
    long: `  - name: one\n    command: '${line}; sleep 5'\n`,
  };
  const plain = (Object.keys(units) as (keyof typeof units)[]).map(
    (shape) =>
      `kind: jobnet\nname: ha/${shape}-${node}\ntarget: { node: ${node} }\nparameters:\n  - name: ID\n  - name: LEDGER\n    default: ${ledger}\nunits:\n${units[shape]}`,
  );
  return [...plain, everyNetsYaml({ node, ledger, line, outside })].join('---\n');
}

/** What the commands of each session of such a net are called. */
export function unitsOf(net: string, outside: OutsidePlaces | null): readonly string[] {
  if (isEvery(net)) return everyLedgerUnits(outside);
  return net.startsWith('ha/steps-') ? ['one', 'two', 'three'] : ['one'];
}

export const isEvery = (net: string): boolean => net.startsWith(everyNetName(''));

export const endStatusOf = (net: string): string => (isEvery(net) ? EVERY_END_STATUS : 'normal');
