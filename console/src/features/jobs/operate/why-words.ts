// Why a unit waits, in the user's language; what comes from parts that the console does not know stays in the manager's English.
import type { TFunction } from 'i18next';
import { saidBeside } from '@nezuban/protocol/events/event-facts';
import type { WaitFact } from '@nezuban/protocol/jobs/waiting';
import type { Format } from '../../../components/format.ts';
import { saidIn } from '../../../i18n/said.ts';

const plain = [
  'predecessor',
  'net_runs',
  'session_suspended',
  'session_interrupted',
  'net_suspended',
  'held',
  'held_by_definition',
  'to_be_skipped',
  'frozen',
  'order_on_way',
  'order_withdrawn',
  'retry',
  'until',
  'stopping',
  'queued',
  'place',
  'circle',
  'place_broken',
  'ready',
] as const;
const works = ['event_wait', 'net_wait', 'net_start', 'approval', 'mail_send'] as const;
const times = ['since', 'until', 'at'];

export const whyText = (
  { t, format, language }: { readonly t: TFunction; readonly format: Format; readonly language: string },
  fact: WaitFact,
): string => {
  const values = Object.fromEntries(
    Object.entries(fact.facts).map(([key, value]) => [
      key,
      times.includes(key) && typeof value === 'string' ? format.instant(value) : (value ?? ''),
    ]),
  );
  const what = sentence(t, fact, values);
  const { reason } = fact.facts;
  const said = saidBeside(fact.facts, 'reason');
  if (said !== null) return t('why.codes.because', { what, reason: saidIn(said, language) });
  return typeof reason === 'string' ? t('why.codes.because', { what, reason }) : what;
};

const sentence = (
  t: TFunction,
  { code, facts, phrase }: WaitFact,
  values: Record<string, string | number | boolean>,
): string => {
  switch (code) {
    case 'net_not_begun':
      return facts['net'] === '' ? t('why.codes.session_not_begun') : t('why.codes.net_not_begun', values);
    case 'agent_away':
      return facts['since'] === null
        ? t('why.codes.agent_away', values)
        : t('why.codes.agent_away_since', values);
    case 'order_withdrawn_away':
      return facts['since'] === null
        ? t('why.codes.order_withdrawn_away', values)
        : t('why.codes.order_withdrawn_away_since', values);
    case 'running':
      return facts['node'] === null ? t('why.codes.running_here', values) : t('why.codes.running', values);
    // What it waits for stands among its facts; the manager's own words are English.
    case 'work': {
      const waiting = works.find((each) => each === facts['type']);
      return waiting === undefined ? phrase : t(`why.codes.work_${waiting}`, values);
    }
    default: {
      const known = plain.find((each) => each === code);
      return known === undefined ? phrase : t(`why.codes.${known}`, values);
    }
  }
};
