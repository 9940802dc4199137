// Who or what started a session.
import { useTranslation } from 'react-i18next';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';

export const Trigger = ({ trigger }: { readonly trigger: SessionTrigger }) => {
  const { t } = useTranslation();
  return (
    <>
      {trigger.type === 'manual'
        ? t('session.trigger.manual', { user: trigger.user })
        : t('session.trigger.schedule', { schedule: trigger.schedule })}
    </>
  );
};
