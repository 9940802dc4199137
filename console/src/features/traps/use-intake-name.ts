// What an intake is called: by its host, or by its role while the host has not told its name.
import { useTranslation } from 'react-i18next';
import type { IntakeView } from '@nezuban/protocol/traps/trap';

export const useIntakeName = () => {
  const { t } = useTranslation();
  return ({ host, role }: IntakeView): string => host ?? t(`traps.receivers.role.${role}`);
};
