// How the job net starts, as forms on the same draft as the other views: its schedules, each with the next starts, and its start conditions.
// Called by net-editor.tsx.
import { ActionIcon, Badge, Button, Group, Paper, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconCopy, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Editor } from '../use-editor.ts';
import { ScheduleForm } from './schedule-form.tsx';
import { copyOfSchedule, newSchedule, schedulesOf, type DraftSchedule } from './schedule-model.ts';
import { StartConditionsForm } from './start-conditions-form.tsx';
import './starts.css';
import { StartsPreview } from './starts-preview.tsx';

const FIELD = 'schedules';
const zoneOf = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : 'UTC');
const namesOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : []).flatMap((each: { readonly name?: unknown }) =>
    typeof each?.name === 'string' && each.name !== '' ? [each.name] : [],
  );

export const StartsView = ({ editor, now }: { readonly editor: Editor; readonly now: () => number }) => {
  const { t } = useTranslation();
  const { net } = editor.state;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <div className="nz-starts" tabIndex={0} role="region" aria-label={t('editorStarts.panel')}>
      <section aria-label={t('editorStarts.schedules')}>
        <Title order={2} size="h5" mb="xs">
          {t('editorStarts.schedules')}
        </Title>
        {schedulesOf(net[FIELD]) === null ? (
          <Text size="sm">{t('editorStarts.asYaml')}</Text>
        ) : (
          <Schedules editor={editor} now={now} />
        )}
      </section>
      <section aria-label={t('editorStarts.conditions')}>
        <Title order={2} size="h5" mb="xs">
          {t('editorStarts.conditions')}
        </Title>
        <StartConditionsForm editor={editor} />
      </section>
    </div>
  );
};

const Schedules = ({ editor, now }: { readonly editor: Editor; readonly now: () => number }) => {
  const { t } = useTranslation();
  const { net } = editor.state;
  const schedules = schedulesOf(net[FIELD]) ?? [];
  const issues = editor.issuesByUnit.get(null) ?? [];
  const [opened, setOpened] = useState<number | null>(schedules.length === 1 ? 0 : null);
  const put = (next: readonly DraftSchedule[], key: string) =>
    editor.run({ type: 'setNet', field: FIELD, value: next }, `${FIELD} ${key}`);
  const add = (schedule: DraftSchedule) => {
    put([...schedules, schedule], `add ${schedules.length}`);
    setOpened(schedules.length);
  };
  const remove = (index: number) => {
    put(
      schedules.filter((_, at) => at !== index),
      `remove ${index}`,
    );
    setOpened(null);
  };
  return (
    <Stack gap="xs">
      {schedules.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('editorStarts.noSchedules')}
        </Text>
      )}
      {schedules.map((schedule, index) => {
        const place = `${FIELD}[${index}]`;
        const wrong = issues.filter(
          ({ field }) => field === place || field.startsWith(`${place}.`) || field.startsWith(`${place}[`),
        );
        return (
          // A schedule's name is one of its fields: its place in the list is what stays while it is typed.
          <Paper key={index} withBorder p="xs">
            <ScheduleHead
              schedule={schedule}
              opened={opened === index}
              wrong={wrong.length}
              readOnly={editor.readOnly}
              onToggle={() => setOpened(opened === index ? null : index)}
              onCopy={() => add(copyOfSchedule(schedule, schedules))}
              onRemove={() => remove(index)}
            />
            {opened === index && (
              <div className="nz-starts-body">
                <ScheduleForm
                  schedule={schedule}
                  onChange={(next, key) =>
                    put(
                      schedules.map((each, at) => (at === index ? next : each)),
                      `${index} ${key}`,
                    )
                  }
                  problemOf={(way) => {
                    const at = way === '' ? place : `${place}.${way}`;
                    return wrong.find(({ field }) => field === at)?.message ?? null;
                  }}
                  readOnly={editor.readOnly}
                  zone={zoneOf(net['timezone'])}
                  parameters={namesOf(net['parameters'])}
                  today={new Date(now()).toISOString().slice(0, 10)}
                />
                <StartsPreview schedule={schedule} timezone={zoneOf(net['timezone'])} />
              </div>
            )}
          </Paper>
        );
      })}
      {!editor.readOnly && (
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => add(newSchedule(schedules))}
          >
            {t('editorStarts.add')}
          </Button>
        </Group>
      )}
    </Stack>
  );
};

type HeadProps = {
  readonly schedule: DraftSchedule;
  readonly opened: boolean;
  readonly wrong: number;
  readonly readOnly: boolean;
  readonly onToggle: () => void;
  readonly onCopy: () => void;
  readonly onRemove: () => void;
};

const ScheduleHead = ({ schedule, opened, wrong, readOnly, onToggle, onCopy, onRemove }: HeadProps) => {
  const { t } = useTranslation();
  const { name } = schedule;
  const Icon = opened ? IconChevronDown : IconChevronRight;
  return (
    <div className="nz-starts-head">
      <UnstyledButton className="nz-starts-toggle" aria-expanded={opened} onClick={onToggle}>
        <Icon size={15} aria-hidden="true" />
        <span className="nz-nowrap">
          <strong>{name}</strong>
        </span>
        <Text span size="sm" c="dimmed" className="nz-break">
          {useSummary(schedule)}
        </Text>
        {schedule['enabled'] === false && (
          <Badge size="sm" variant="light" color="gray">
            {t('editorStarts.isOff')}
          </Badge>
        )}
        {wrong > 0 && (
          <Badge size="sm" variant="light" color="red">
            {t('editor.issues.count', { count: wrong })}
          </Badge>
        )}
      </UnstyledButton>
      {!readOnly && (
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('editorStarts.copy', { name })}
            onClick={onCopy}
          >
            <IconCopy size={15} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('editorStarts.remove', { name })}
            onClick={onRemove}
          >
            <IconTrash size={15} aria-hidden="true" />
          </ActionIcon>
        </Group>
      )}
    </div>
  );
};

const useSummary = (schedule: DraftSchedule): string => {
  const { t } = useTranslation();
  const { cron, times, calendar, days } = schedule;
  const list = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(', ') : '');
  return [
    typeof cron === 'string' ? cron : list(times),
    typeof calendar === 'string' ? t('editorStarts.summary.calendar', { name: calendar }) : '',
    list(days) === '' ? '' : t('editorStarts.summary.days', { days: list(days) }),
  ]
    .filter((part) => part !== '')
    .join(' · ');
};
