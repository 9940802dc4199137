// Who or what started a session, on whose behalf, and the business date that it belongs to.
import { useTranslation } from 'react-i18next';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';

/** `whole`: with whoever has defined what started it, where there is room. */
export const Trigger = ({
  trigger,
  whole = false,
}: {
  readonly trigger: SessionTrigger;
  readonly whole?: boolean;
}) => {
  const { t } = useTranslation();
  const starter = useStarter(trigger);
  const person = trigger.type === 'manual' || !whole ? undefined : trigger.onBehalfOf;
  const defined = person === undefined ? starter : t('session.trigger.onBehalfOf', { said: starter, person });
  const prepared = trigger.type === 'schedule' ? trigger.prepared : undefined;
  const said =
    prepared === undefined
      ? defined
      : t('session.trigger.prepared', {
          said: defined,
          by: prepared.reason === null || !whole ? prepared.by : `${prepared.by}: ${prepared.reason}`,
        });
  return trigger.business === undefined ? (
    <>{said}</>
  ) : (
    <>
      {said} (
      {t('session.trigger.business', { date: trigger.business.date, calendar: trigger.business.calendar })})
    </>
  );
};

const useStarter = (trigger: SessionTrigger): string => {
  const { t } = useTranslation();
  switch (trigger.type) {
    case 'manual':
      return t('session.trigger.manual', { user: trigger.user });
    case 'schedule':
      return t('session.trigger.schedule', { schedule: trigger.schedule });
    case 'unit':
      return t('session.trigger.unit', { session: trigger.session, unit: trigger.unit });
    case 'condition': {
      const what = trigger.fulfilled.flatMap((each) => each.what ?? []).join(', ');
      const said = t('session.trigger.condition', { generation: trigger.generation });
      return what === '' ? said : `${said}: ${what}`;
    }
  }
};
