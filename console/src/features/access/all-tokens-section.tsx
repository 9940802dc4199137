// The API tokens of all users.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Owner } from '../../api/queries.ts';
import { TokenTable } from './token-table.tsx';

const everybody: Owner = { all: true };

export const AllTokensSection = () => {
  const { t } = useTranslation();
  return (
    <div className="nz-section">
      <Text size="sm" c="dimmed">
        {t('admin.tokens.allText')}
      </Text>
      <TokenTable owner={everybody} />
    </div>
  );
};
