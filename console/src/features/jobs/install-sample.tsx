// The offer for a newcomer: a small real night run on the local agent.
import { Button } from '@mantine/core';
import { IconMoonStars } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { useAction } from '../../components/use-action.ts';

export const InstallSampleButton = ({ variant = 'filled' }: { readonly variant?: 'filled' | 'default' }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { busy, run } = useAction();
  const install = () =>
    run(async () => {
      const { net } = await api.call('installSample');
      await client.invalidateQueries({ queryKey: ['listNets'] });
      await navigate({ to: '/net/$name', params: { name: net } });
    }, t('nets.sample.installed'));
  return (
    <Button
      variant={variant}
      leftSection={<IconMoonStars size={16} aria-hidden="true" />}
      loading={busy}
      onClick={() => void install()}
    >
      {t('nets.sample.install')}
    </Button>
  );
};
