// Says on a page that can be changed why this user cannot.
import { Alert } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Right } from '@nezuban/protocol/access/rights';
import { useMay } from '../app/use-may.ts';

/** Shown to those who lack the right. */
export const LookOnly = ({ right }: { readonly right: Right }) => {
  const { t } = useTranslation();
  if (useMay(right)) return null;
  return (
    <Alert color="gray" icon={<IconEye aria-hidden="true" />} p="sm">
      {t('may.lookOnly', { right: t(`rights.${right}.name`) })}
    </Alert>
  );
};
