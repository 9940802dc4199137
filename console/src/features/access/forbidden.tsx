// A page that this user may not see: why, and who can change that.
import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Right } from '@nezuban/protocol/access/rights';
import { useMay } from '../../app/use-may.ts';
import { EmptyState } from '../../components/empty-state.tsx';

/** Shows what it holds to those who have the right. */
export const Needs = ({ right, children }: { readonly right: Right; readonly children: ReactNode }) => {
  const { t } = useTranslation();
  if (useMay(right)) return children;
  return (
    <EmptyState
      icon={<IconLock />}
      title={t('may.forbidden.title')}
      text={t('may.forbidden.text', { right: t(`rights.${right}.name`) })}
    />
  );
};
