// A failure where data should be: what happened, what to do, and a way to try again.
import { saidIn } from '../i18n/said.ts';
import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { describeError } from './describe-error.ts';
import { IssueList } from './issue-list.tsx';

export const ErrorState = ({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}) => {
  const { t, i18n } = useTranslation();
  const { title, detail, remedy, issues, requestId } = describeError(t, error, i18n.language);
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden="true" />} title={title} role="alert">
      <Stack gap="xs">
        {detail !== null && <Text size="sm">{detail}</Text>}
        {issues.length > 0 && <IssueList issues={issues} />}
        <Text size="sm">{remedy}</Text>
        {requestId !== null && requestId !== '' && (
          <Text size="xs" c="dimmed">
            {t('errors.requestId', { id: requestId })}
          </Text>
        )}
        {onRetry !== undefined && (
          <Group>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden="true" />}
              onClick={onRetry}
            >
              {t('actions.retry')}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
};

/** The same inside a form or dialog, without an offer to repeat: the form's own button does that. */
export const FormError = ({ error }: { readonly error: unknown }) => {
  const { t, i18n } = useTranslation();
  if (error === null || error === undefined) return null;
  const { title, detail, remedy, issues } = describeError(t, error, i18n.language);
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden="true" />} title={title} role="alert" p="sm">
      {detail !== null && <Text size="sm">{detail}</Text>}
      {issues.length > 0 && (
        <List size="sm">
          {issues.map((issue) => (
            <List.Item key={`${issue.path} ${issue.message}`}>
              {issue.path === '' ? '' : `${issue.path}: `}
              {saidIn(issue, i18n.language)}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="sm">{remedy}</Text>
    </Alert>
  );
};
