// Why a unit is as it is, in the user's language: a freeze with its times, else the sentence that the manager has stored. What an earlier release
// has stored is said by what is plain from the unit, and else as it came.
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { UnitView, UnitWait } from '@nezuban/protocol/jobs/session';
import { useFormat } from '../../components/use-format.ts';
import { saidReason } from './said-reason.ts';
import { placeText } from '../operations/place-text.ts';

type Reason = (unit: UnitView) => string;

/** Types that wait inside the manager; what they wait for stands among their facts. */
const waitingTypes = ['event_wait', 'net_wait', 'net_start', 'approval', 'mail_send'] as const;

/** What is plain from the unit itself. Null: only the manager's sentence says why, such as who has stopped it. */
const plainReason = (
  t: TFunction,
  { type, state, run, set, attempts, endStatus }: UnitView,
): string | null => {
  if (state === 'not_run') return t('unit.plainReason.not_run');
  const waiting = waitingTypes.find((each) => each === type);
  if (state === 'running' && waiting !== undefined) return t(`unit.plainReason.${waiting}`);
  const [attempt, ...others] = attempts.filter((each) => each.run === run);
  if (
    state !== 'ended' ||
    endStatus === 'normal' ||
    set !== undefined ||
    attempt === undefined ||
    others.length > 0 ||
    attempt.reason !== null
  )
    return null;
  const { node, exitCode, signal } = attempt;
  if (exitCode !== null) return t('unit.plainReason.exit', { code: exitCode, node });
  return signal === null ? null : t('unit.plainReason.signal', { signal, node });
};

/** Of a freeze that is waited for. The same function until the language or the times' format changes. */
export const useWaitText = (): ((waits: UnitWait) => string) => {
  const { t } = useTranslation();
  const format = useFormat();
  return useCallback(
    ({ place, by, since, until, reason }) => {
      const facts = { place: placeText(t, place), by, since: format.instant(since), reason };
      return until === null
        ? t('unit.waits.frozen', facts)
        : t('unit.waits.frozenUntil', { ...facts, until: format.instant(until) });
    },
    [t, format],
  );
};

/** The same function until the language or the times' format changes. */
export const useUnitReason = (): Reason => {
  const { t, i18n } = useTranslation();
  const waitText = useWaitText();
  return useCallback<Reason>(
    (unit) => {
      const { reason, waits } = unit;
      // English says more than what is plain, and is English.
      if (waits === undefined)
        return (
          (reason !== null && unit.reasonSaid === undefined && i18n.language === 'ja'
            ? plainReason(t, unit)
            : null) ??
          saidReason(unit, i18n.language) ??
          ''
        );
      return waitText(waits);
    },
    [t, i18n.language, waitText],
  );
};
