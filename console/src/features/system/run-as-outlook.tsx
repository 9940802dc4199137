// Which units the rules in the form would refuse, before they are saved. Called by run-as-section.tsx.
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { RefusedRun } from '@nezuban/protocol/access/outlook';
import type { Settings } from '@nezuban/protocol/settings/settings';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { OutlookList, OutlookPending, useRested } from '../../components/outlook-frame.tsx';

/** `draft` null: nothing is changed, or it cannot be saved. `isShown`: it may be saved now. */
export const useRunAsOutlook = (draft: Settings['run_as'] | null) => {
  const { queries } = useBackend();
  const { asked, isRested } = useRested(draft);
  const { data, error, isFetching } = useQuery(queries.runAsOutlook(asked));
  const isShown = draft === null || (isRested && !isFetching && (data !== undefined || error !== null));
  return { isShown, data: draft === null ? undefined : data, error: draft === null ? null : error };
};

export const RunAsOutlook = ({ isShown, data, error }: ReturnType<typeof useRunAsOutlook>) => {
  const { t } = useTranslation();
  if (!isShown) return <OutlookPending />;
  if (error !== null) return <FormError error={error} />;
  if (data === undefined) return null;
  const { newCount, newNets, oldCount, hidden } = data;
  const fresh = data.items.filter(({ isNew }) => isNew);
  const lines = fresh.map((run, index) => ({
    key: `${index} ${run.net} ${run.unit}`,
    text: <RunText run={run} />,
  }));
  return (
    <Stack gap="xs">
      {newCount === 0 ? (
        <Text size="sm" role="status">
          {t('settings.run_as.outlook.nothing')}
        </Text>
      ) : (
        <OutlookList
          color="orange"
          title={t('settings.run_as.outlook.title', { count: newCount, nets: newNets })}
          lines={lines}
          more={newCount - fresh.length}
        />
      )}
      {oldCount > 0 && (
        <Text size="sm" c="dimmed">
          {t('settings.run_as.outlook.old', { count: oldCount })}
        </Text>
      )}
      {hidden > 0 && (
        <Text size="sm" c="dimmed">
          {t('outlook.hidden', { count: hidden })}
        </Text>
      )}
    </Stack>
  );
};

const RunText = ({ run }: { readonly run: RefusedRun }) => {
  const { t } = useTranslation();
  const { net, unit, what, target, user, group } = run;
  const as = user === null ? t('settings.run_as.outlook.agent') : t('settings.run_as.outlook.user', { user });
  const where =
    'node' in target ? t('settings.run_as.outlook.node', target) : t('settings.run_as.outlook.scope', target);
  return t(`settings.run_as.outlook.${what}`, {
    net,
    unit,
    where,
    as: group === null ? as : t('settings.run_as.outlook.group', { as, group }),
  });
};
