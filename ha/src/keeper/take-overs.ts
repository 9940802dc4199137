// Which changes of master this host has seen as the new one, with the duration of each step.
// Responsible for measuring them and for keeping the newest ones in `HOME/keeper/take-overs.json`. A lost file loses history and nothing
// else. Not responsible for showing it (`pair-status.ts`). Called by the keeper at each change of the core's state.
import fs from 'node:fs';
import * as z from 'zod';
import { takeOverSchema, type TakeOver } from '@nezuban/protocol/pair/status';
import type { Logger } from '@nezuban/platform/logger';
import type { StateName } from '../decision/state.ts';

/** What the recorder looks at; times by the host's monotonic clock. */
export type TakeOverMoment = {
  readonly state: StateName;
  readonly self: string;
  /** Of the roster on the own disk before the candidacy. */
  readonly formerMaster: string | null;
  /** When it was last heard; null: not since this keeper started. */
  readonly formerHeardAt: number | null;
  /** It has said that it acts no more. */
  readonly resigned: boolean;
  readonly forced: boolean;
  /** No promotion has ever been recorded beside the very first one. */
  readonly first: boolean;
  readonly now: number;
};

export type TakeOvers = {
  readonly moved: (moment: TakeOverMoment) => void;
  /** The gate is open: the manager is told. */
  readonly opened: (now: number) => void;
  /** The manager serves. Gives the take-over if one was under way. */
  readonly served: (facts: {
    readonly now: number;
    readonly at: string;
    readonly term: number;
  }) => TakeOver | null;
  readonly list: () => readonly TakeOver[];
};

/** A year of monthly switches, four times over; the file stays small. */
const KEPT_MAX = 50;

/** What the history says; the console has the same in Japanese, by kind. */
const REASONS: Readonly<Record<TakeOver['kind'], string>> = {
  'first-start': 'It was started for the first time.',
  restart: 'It was started again, and nobody else was master.',
  switch: 'The former master handed the service over.',
  failover: 'The former master was not heard any more.',
  forced: 'An operator made it master by force.',
};

type Begun = {
  readonly moment: TakeOverMoment;
  readonly candidateAt: number;
  promotingAt: number | null;
  openedAt: number | null;
};

export function createTakeOvers(
  ports: { readonly logger: Logger },
  options: { readonly file: string },
): TakeOvers {
  let kept: readonly TakeOver[] = read(options.file, ports.logger);
  let begun: Begun | null = null;
  let written: Promise<void> = Promise.resolve();

  function add(one: TakeOver): void {
    kept = [one, ...kept].slice(0, KEPT_MAX);
    const draft = `${options.file}.draft`;
    const text = JSON.stringify(kept);
    // Nobody waits for it, history is no promise; but one write follows the other.
    written = written
      .then(async () => fs.promises.writeFile(draft, text, { mode: 0o600 }))
      .then(async () => fs.promises.rename(draft, options.file))
      .catch((error: unknown) =>
        ports.logger.warn({ err: error }, 'the history of switches could not be kept'),
      );
  }

  return {
    moved(moment) {
      switch (moment.state) {
        case 'candidate':
          begun = { moment, candidateAt: moment.now, promotingAt: null, openedAt: null };
          break;
        case 'promoting':
          // What an operator forces began with the command: the time before it was a human's.
          if (begun === null || moment.forced)
            begun = {
              moment: moment.forced ? { ...moment, formerHeardAt: null } : moment,
              candidateAt: moment.now,
              promotingAt: null,
              openedAt: null,
            };
          begun.promotingAt = moment.now;
          break;
        case 'master-alone':
        case 'master-paired':
        case 'resigning':
          break;
        default:
          begun = null;
      }
    },
    opened(now) {
      if (begun !== null) begun.openedAt ??= now;
    },
    served({ now, at, term }) {
      if (begun === null) return null;
      const { moment, candidateAt, promotingAt, openedAt } = begun;
      const { formerHeardAt, formerMaster, self } = moment;
      const elsewhere = formerMaster !== null && formerMaster !== self;
      const detected = elsewhere && formerHeardAt !== null ? formerHeardAt : null;
      const one: TakeOver = {
        at,
        term,
        kind: kindOf(moment),
        from: elsewhere ? formerMaster : null,
        to: self,
        reason: REASONS[kindOf(moment)],
        steps: {
          detectMs: detected === null ? null : round(candidateAt - detected),
          electMs: promotingAt === null ? null : round(promotingAt - candidateAt),
          promoteMs: promotingAt === null || openedAt === null ? null : round(openedAt - promotingAt),
          openMs: openedAt === null ? null : round(now - openedAt),
        },
        totalMs: round(now - (detected ?? candidateAt)),
      };
      begun = null;
      add(one);
      return one;
    },
    list: () => kept,
  };
}

function kindOf({ forced, first, formerMaster, self, resigned }: TakeOverMoment): TakeOver['kind'] {
  if (forced) return 'forced';
  if (formerMaster === null || formerMaster === self) return first ? 'first-start' : 'restart';
  return resigned ? 'switch' : 'failover';
}

function round(ms: number): number {
  return Math.max(0, Math.round(ms));
}

function read(file: string, logger: Logger): readonly TakeOver[] {
  try {
    return z
      .array(takeOverSchema)
      .max(KEPT_MAX)
      .parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      logger.warn({ err: error }, 'the history of switches could not be read; it begins anew');
    return [];
  }
}
