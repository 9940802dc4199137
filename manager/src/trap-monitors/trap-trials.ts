// Rules tried on a sample or on the past: where the traps come from, and what the answer is.
// Responsible for making traps of a sample and of stored records, by the names, aliases and nodes of today. Not responsible for the thread
// that tries them (`trap-tests.ts`). Called by the routes.
import { say } from '@nezuban/protocol/sentences/sentence';
import { parseAddress } from '@nezuban/core/traps/address-list';
import type { ParsedTrap, PlacedTrap } from '@nezuban/core/traps/parsed-trap';
import { compileMonitor } from '@nezuban/core/traps/rules/compile-monitors';
import { hintsOnTrapMonitor } from '@nezuban/core/traps/rules/judge-trap-monitor';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import type { RuleNames } from '@nezuban/core/traps/rules/oid-patterns';
import type { TrapToTry } from '@nezuban/core/traps/rules/try-monitors';
import type {
  PastTraps,
  SampleTrap,
  TrapMonitorHint,
  TrapTest,
} from '@nezuban/protocol/api/trap-monitor-operations';
import { CodedError } from '@nezuban/protocol/errors';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import type { Clock } from '@nezuban/platform/clock';
import type { Condition } from '../database/where.ts';
import type { PastTrapFilter, PastTrapPage } from './past-traps.ts';
import type { TrapTests } from './trap-tests.ts';

export type TrapTrialPorts = {
  readonly tests: TrapTests;
  readonly names: RuleNames;
  readonly clock: Clock;
  readonly past: (filter: PastTrapFilter) => Promise<PastTrapPage>;
  /** What a record says; several of one body. Never throws. */
  readonly parse: (record: TrapRecord) => readonly ParsedTrap[];
  readonly place: (trap: ParsedTrap) => Pick<PlacedTrap, 'node' | 'scopes'>;
};

export type TrapTrials = {
  readonly run: (
    monitors: readonly TrapMonitor[],
    against: SampleTrap | PastTraps,
    /** Of past traps: what who asks may see. */
    visible: Condition | undefined,
  ) => Promise<Omit<TrapTest, 'hints'>>;
  /** Of a monitor that is not saved. */
  readonly hintsOf: (monitor: TrapMonitor) => TrapMonitorHint[];
};

/** Of past traps, where nobody says since when. */
const PAST_MS = 24 * 3_600_000;

export const createTrapTrials = (ports: TrapTrialPorts): TrapTrials => {
  const { tests, names, clock, past, parse, place } = ports;

  const toTry = (id: number | null, record: TrapRecord): TrapToTry[] =>
    parse(record).map((trap) => ({ id, trap: { ...trap, ...place(trap) } }));

  const gather = async (
    monitors: readonly TrapMonitor[],
    against: SampleTrap | PastTraps,
    visible: Condition | undefined,
  ): Promise<{ readonly traps: readonly TrapToTry[]; readonly more: boolean }> => {
    const nowMs = clock.epochMs();
    if (against.type === 'sample') {
      const protocol = against.protocol ?? monitors[0]?.source ?? 'syslog';
      return { traps: toTry(null, toRecord({ ...against, protocol }, nowMs)), more: false };
    }
    const { from, to, limit, ids, address, node } = against;
    if (address !== undefined && parseAddress(address) === null)
      throw new CodedError('invalid_request', say('problem_body_against_address_is_no_address', { address }));
    const { traps, more } = await past({
      from: from === undefined ? new Date(nowMs - PAST_MS) : new Date(from),
      to: to === undefined ? null : new Date(to),
      protocols: [...new Set(monitors.map(({ source }) => source))],
      limit,
      ids,
      address,
      node,
      visible,
    });
    return { traps: traps.flatMap(({ id, record }) => toTry(id, record)), more };
  };

  return {
    async run(monitors, against, visible) {
      const { traps, more } = await gather(monitors, against, visible);
      const { isCut, ...result } = await tests.run(monitors, traps);
      return {
        ...result,
        traps: [...result.traps],
        totals: result.totals.map((total) => ({ ...total })),
        more: more || isCut,
      };
    },
    hintsOf: (monitor) => [
      ...hintsOnTrapMonitor(monitor).map(issueOf),
      ...compileMonitor(monitor, { names }).problems.map(({ rule, path, message }) => ({
        path: `rules[${monitor.rules.findIndex(({ name }) => name === rule)}].${path}`,
        message,
      })),
    ],
  };
};

const NOBODY = new Uint8Array(16);

const toRecord = (
  { protocol, message, encoding, address }: SampleTrap & { readonly protocol: TrapMonitor['source'] },
  nowMs: number,
): TrapRecord => ({
  seq: 0,
  receivedUs: nowMs * 1_000,
  protocol,
  flags: 0,
  address: parseAddress(address) ?? NOBODY,
  port: 0,
  extra: null,
  payload: encoding === 'hex' ? toBytes(message) : Buffer.from(message, 'utf8'),
});

/** As tools print them: `30 82 01`, `30:82:01`, `0x3082`. */
const toBytes = (text: string): Buffer => {
  const digits = text.replace(/^\s*0x/i, '').replaceAll(/[\s:]/g, '');
  if (digits.length % 2 === 1 || !/^[0-9a-f]*$/i.test(digits))
    throw new CodedError('invalid_request', say('problem_body_against_message_must_be_pairs_of'));
  return Buffer.from(digits, 'hex');
};
