// The facts of an event in the words of the console. Called by the drawer of an event.
import type { TFunction } from 'i18next';
import { endStatuses } from '@nezuban/protocol/jobs/end-status';

const namedFacts = [
  'attempt',
  'change',
  'command',
  'dueAt',
  'endStatus',
  'error',
  'exitCode',
  'kind',
  'name',
  'net',
  'node',
  'reason',
  'revision',
  'rule',
  'run',
  'schedule',
  'session',
  'signal',
  'try',
  'unit',
  'user',
  'version',
] as const;

/** What a fact is called; one that no release has named yet keeps the name that the manager gave it. */
export const factName = (t: TFunction, name: string): string => {
  const known = namedFacts.find((each) => each === name);
  return known === undefined ? name : t(`events.fact.${known}`);
};

/** A fact in the words that the rest of the console has for it. */
export const factValue = (t: TFunction, name: string, value: string | number): string => {
  const status = name === 'endStatus' ? endStatuses.find((each) => each === value) : undefined;
  return status === undefined ? String(value) : t(`status.end.${status}`);
};
