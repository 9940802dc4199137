// Why a unit is as it is, in the user's language where its facts are known; other reasons stay in the manager's English.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { UnitView } from '@nezuban/protocol/jobs/session';
import { useFormat } from '../../components/use-format.ts';
import { placeText } from '../operations/place-text.ts';

type Reason = (unit: Pick<UnitView, 'reason' | 'waits'>) => string;

/** The same function until the language or the times' format changes. */
export const useUnitReason = (): Reason => {
  const { t } = useTranslation();
  const format = useFormat();
  return useCallback<Reason>(
    ({ reason, waits }) => {
      if (waits === undefined) return reason ?? '';
      const { place, by, since, until, reason: why } = waits;
      const facts = { place: placeText(t, place), by, since: format.instant(since), reason: why };
      return until === null
        ? t('unit.waits.frozen', facts)
        : t('unit.waits.frozenUntil', { ...facts, until: format.instant(until) });
    },
    [t, format],
  );
};
