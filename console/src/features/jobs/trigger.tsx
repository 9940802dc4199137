// Who or what started a session.
import { useTranslation } from 'react-i18next';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';

export const Trigger = ({ trigger }: { readonly trigger: SessionTrigger }) => {
  const { t } = useTranslation();
  switch (trigger.type) {
    case 'manual':
      return <>{t('session.trigger.manual', { user: trigger.user })}</>;
    case 'schedule':
      return <>{t('session.trigger.schedule', { schedule: trigger.schedule })}</>;
    case 'unit':
      return <>{t('session.trigger.unit', { session: trigger.session, unit: trigger.unit })}</>;
    case 'condition':
      return <>{t('session.trigger.condition', { generation: trigger.generation })}</>;
  }
};
