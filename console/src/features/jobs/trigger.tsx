// Who or what started a session, and the business date that it belongs to.
import { useTranslation } from 'react-i18next';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';

export const Trigger = ({ trigger }: { readonly trigger: SessionTrigger }) => {
  const { t } = useTranslation();
  return trigger.business === undefined ? (
    <Starter trigger={trigger} />
  ) : (
    <>
      <Starter trigger={trigger} /> (
      {t('session.trigger.business', { date: trigger.business.date, calendar: trigger.business.calendar })})
    </>
  );
};

const Starter = ({ trigger }: { readonly trigger: SessionTrigger }) => {
  const { t } = useTranslation();
  switch (trigger.type) {
    case 'manual':
      return <>{t('session.trigger.manual', { user: trigger.user })}</>;
    case 'schedule':
      return <>{t('session.trigger.schedule', { schedule: trigger.schedule })}</>;
    case 'unit':
      return <>{t('session.trigger.unit', { session: trigger.session, unit: trigger.unit })}</>;
    case 'condition': {
      const what = trigger.fulfilled.flatMap((each) => each.what ?? []).join(', ');
      return (
        <>
          {t('session.trigger.condition', { generation: trigger.generation })}
          {what !== '' && `: ${what}`}
        </>
      );
    }
  }
};
