// What the rules of a draft would make of traps: asked of the manager while they are edited, a moment after the last letter. The last answer
// stays until the next one is there.
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { TrapTest } from '@nezuban/protocol/api/trap-monitor-operations';
import type { TrapTestInput } from '../../api/trap-queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { judgeDraft, type MonitorDraft } from './monitor-draft.ts';

/** Long enough for a word, short enough to feel immediate. */
const typingPauseMs = 350;
/** Fields of tried traps that forms offer by name. */
const knownFieldsMax = 60;
const hourMs = 3_600_000;
/** A monitor that has no good name yet is tried under this one. */
const DRAFT_NAME = 'draft';

export const pastSpans = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
export type PastSpan = keyof typeof pastSpans;

export type TestAgainst = {
  readonly kind: 'sample' | 'past';
  readonly message: string;
  readonly encoding: 'text' | 'hex';
  readonly address: string;
  readonly span: PastSpan;
  readonly node: string;
  /** Stored traps, whenever they came; null: by span and node. */
  readonly ids: readonly number[] | null;
};

export type TrapTesting = {
  readonly against: TestAgainst;
  readonly setAgainst: (change: Partial<TestAgainst>) => void;
  readonly result: TrapTest | undefined;
  readonly error: unknown;
  readonly busy: boolean;
  /** Why nothing is tried now. */
  readonly idle: 'no-rules' | 'invalid' | 'no-sample' | null;
  /** What each rule takes, by name; undefined: not known yet. */
  readonly totals: ReadonlyMap<string, number> | undefined;
  readonly knownFields: readonly string[];
};

const toAgainst = (against: TestAgainst): TrapTestInput['against'] | null => {
  if (against.kind === 'sample')
    return against.message.trim() === ''
      ? null
      : {
          type: 'sample',
          message: against.encoding === 'hex' ? against.message.replaceAll(/\s/g, '') : against.message,
          encoding: against.encoding,
          ...(against.address.trim() === '' ? {} : { address: against.address.trim() }),
        };
  if (against.ids !== null) return { type: 'past', ids: [...against.ids] };
  return {
    type: 'past',
    // To the minute: the same question a moment later is the same key.
    from: new Date(Math.floor((Date.now() - pastSpans[against.span]) / 60_000) * 60_000).toISOString(),
    ...(against.node.trim() === '' ? {} : { node: against.node.trim() }),
  };
};

const nameRule = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]*$/u;

const toBody = (draft: MonitorDraft, against: TestAgainst): TrapTestInput | TrapTesting['idle'] => {
  if (draft.rules.length === 0) return 'no-rules';
  const judged = judgeDraft({ ...draft, name: nameRule.test(draft.name) ? draft.name : DRAFT_NAME });
  if (!judged.ok) return 'invalid';
  const tried = toAgainst(against);
  if (tried === null) return 'no-sample';
  return {
    monitor: judged.monitor,
    against: tried.type === 'sample' ? { ...tried, protocol: draft.source } : tried,
  };
};

export const useTrapTest = (draft: MonitorDraft, triedTraps: readonly number[] | null): TrapTesting => {
  const { queries } = useBackend();
  const [against, setAgainst] = useState<TestAgainst>({
    kind: 'past',
    message: '',
    encoding: draft.source === 'snmp' ? 'hex' : 'text',
    address: '',
    span: 'day',
    node: '',
    ids: triedTraps,
  });
  const body = useMemo(() => toBody(draft, against), [draft, against]);
  const [wanted] = useDebouncedValue(body, typingPauseMs);
  const asked = typeof wanted === 'object' && wanted !== null ? wanted : null;
  const { data, error, isFetching } = useQuery(queries.trapTest(asked));
  const idle = typeof body === 'string' ? body : null;
  const totals = useMemo(
    () => (data === undefined ? undefined : new Map(data.totals.map(({ rule, count }) => [rule, count]))),
    [data],
  );
  const knownFields = useMemo(
    () => [...new Set(data?.traps.flatMap(({ fields }) => Object.keys(fields)))].slice(0, knownFieldsMax),
    [data],
  );
  return {
    against,
    setAgainst: (change) => setAgainst((before) => ({ ...before, ...change })),
    result: data,
    error,
    busy: isFetching || wanted !== body,
    idle,
    totals,
    knownFields,
  };
};
