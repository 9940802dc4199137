// One grant of a role to be changed: allow or deny, which rights, where.
import { ActionIcon, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { PlacePicker } from './place-picker.tsx';
import { RightBoxes } from './right-boxes.tsx';
import { faultOf, movedTo, rightsForPlace, type GrantDraft, type GrantPlace } from './role-draft.ts';

type Props = {
  readonly grant: GrantDraft;
  /** Counted from 1. */
  readonly number: number;
  readonly onChange: (grant: GrantDraft) => void;
  readonly onRemove: () => void;
  /** Whether faults are shown: after the first try to save. */
  readonly judged: boolean;
};

export const GrantForm = ({ grant, number, onChange, onRemove, judged }: Props) => {
  const { t } = useTranslation();
  const fault = judged ? faultOf(grant) : null;
  const label = t('admin.grant.number', { number });
  return (
    <Paper
      withBorder
      p="md"
      component="section"
      aria-label={label}
      data-effect={grant.effect}
      className="nz-grant"
    >
      <Stack gap="sm">
        <Group gap="sm" justify="space-between">
          <Group gap="sm">
            <SegmentedControl
              size="xs"
              aria-label={t('admin.grant.effect')}
              value={grant.effect}
              onChange={(effect) => onChange({ ...grant, effect })}
              data={[
                { value: 'allow', label: t('admin.grant.allow') },
                { value: 'deny', label: t('admin.grant.deny') },
              ]}
            />
            <SegmentedControl
              size="xs"
              aria-label={t('admin.grant.where')}
              value={grant.place}
              onChange={(place: GrantPlace) => onChange(movedTo(grant, place))}
              data={[
                { value: 'all', label: t('admin.grant.everywhere') },
                { value: 'folder', label: t('admin.grant.inFolder') },
                { value: 'scope', label: t('admin.grant.inScope') },
              ]}
            />
          </Group>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={onRemove}
            aria-label={t('admin.grant.remove', { number })}
            title={t('admin.grant.remove', { number })}
          >
            <IconTrash size={16} aria-hidden="true" />
          </ActionIcon>
        </Group>
        {grant.effect === 'deny' && <Text size="sm">{t('admin.grant.denyText')}</Text>}
        {grant.place !== 'all' && (
          <PlacePicker
            kind={grant.place}
            value={grant.at}
            onChange={(at) => onChange({ ...grant, at })}
            error={fault === 'noPlace' ? t('admin.grant.noPlace') : undefined}
          />
        )}
        {fault === 'noRights' && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {t('admin.grant.noRights')}
          </Text>
        )}
        <RightBoxes
          offered={rightsForPlace(grant.place)}
          value={grant.rights}
          onChange={(chosen) => onChange({ ...grant, rights: chosen })}
        />
      </Stack>
    </Paper>
  );
};
