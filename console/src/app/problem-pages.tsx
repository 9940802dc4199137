// Pages for what should not happen: an address that leads nowhere, and a screen that broke.
import { Button, Group } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Page } from '../components/page.tsx';

export const NotFoundPage = () => {
  const { t } = useTranslation();
  return (
    <Page title={t('notFound.title')}>
      <EmptyState icon={<IconMapQuestion />} title={t('notFound.heading')} text={t('notFound.text')}>
        <Button renderRoot={(props: object) => <Link to="/" {...props} />}>{t('notFound.home')}</Button>
      </EmptyState>
    </Page>
  );
};

export const BrokenPage = ({ error, reset }: ErrorComponentProps) => {
  const { t } = useTranslation();
  return (
    <Page title={t('errors.unexpected.title')}>
      <ErrorState error={error} onRetry={reset} />
      <Group>
        <Button variant="default" onClick={() => globalThis.location.reload()}>
          {t('actions.reload')}
        </Button>
      </Group>
    </Page>
  );
};
