// Which events are meant: the conditions that rules, inhibitions and silences share. The common ones stand open, the others are folded away.
import { ActionIcon, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { eventCodes } from '@nezuban/protocol/events/event';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import { priorities } from '@nezuban/protocol/priority';
import { useNetNames, usePlaceNames } from '../known-names.ts';
import { matchWords } from '../match-words.ts';
import { useWording } from '../use-wording.ts';
import { hasAny, valueAt, type Draft } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';
import { ChoiceAt, ChoicesAt, SwitchAt, TagsAt, TextAt } from './fields.tsx';
import { Fold } from './fold.tsx';

/** Conditions that few need. */
const rare = ['codes', 'nets', 'keys', 'text', 'fields', 'state'] as const;
/** A form with more is read by nobody; longer lists are for files. */
const fieldsShownMax = 10;

/** `at`: where the condition stands in the draft, such as `while.`; empty: the draft itself. */
export const MatchFields = ({ at }: { readonly at: string }) => {
  const { t } = useTranslation();
  const { draft } = useDraftForm();
  const wording = useWording();
  const places = usePlaceNames();
  const nets = useNetNames();
  const paths = rare.map((name) => `${at}${name}`);
  const any = t('notify.match.any');
  const whole = at === '' ? draft : (valueAt(draft, at.slice(0, -1)) ?? {});
  const rarePart = Object.fromEntries(
    Object.entries(whole).filter(
      ([name, value]) => value !== undefined && (rare as readonly string[]).includes(name),
    ),
  ) as EventMatch;
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <ChoicesAt
          path={`${at}priorities`}
          label={t('notify.match.priorities')}
          placeholder={any}
          data={priorities.toReversed().map((value) => ({ value, label: t(`status.priority.${value}`) }))}
        />
        <TagsAt
          path={`${at}scopes`}
          label={t('notify.match.scopes')}
          placeholder={any}
          data={places.scopes}
        />
        <TagsAt path={`${at}nodes`} label={t('notify.match.nodes')} placeholder={any} data={places.nodes} />
        <TagsAt path={`${at}monitors`} label={t('notify.match.monitors')} placeholder={any} />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {t('notify.match.hint')}
      </Text>
      <Fold
        label={t('notify.match.more')}
        summary={hasAny(draft, paths) ? matchWords(wording, rarePart) : ''}
        openAtFirst={hasAny(draft, paths)}
        paths={paths}
      >
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <ChoicesAt
              path={`${at}codes`}
              label={t('notify.match.codes')}
              placeholder={any}
              data={eventCodes.map((value) => ({ value, label: t(`events.code.${value}`) }))}
            />
            <TagsAt path={`${at}nets`} label={t('notify.match.nets')} placeholder={any} data={nets} />
            <TagsAt
              path={`${at}keys`}
              label={t('notify.match.keys')}
              description={t('notify.match.keysHint')}
              placeholder={any}
            />
            <ChoiceAt
              path={`${at}state`}
              label={t('notify.match.state')}
              description={t('notify.match.stateHint')}
              placeholder={any}
              orElse={null}
              data={(['raised', 'cleared'] as const).map((value) => ({
                value,
                label: t(`notify.match.states.${value}`),
              }))}
            />
            <TextAt path={`${at}text.contains`} label={t('notify.match.contains')} />
            <TextAt
              path={`${at}text.matches`}
              label={t('notify.match.matches')}
              description={t('notify.match.matchesHint')}
            />
          </SimpleGrid>
          {valueAt(draft, `${at}text`) !== undefined && (
            <SwitchAt path={`${at}text.ignore_case`} orElse={false} label={t('notify.match.ignoreCase')} />
          )}
          <FieldConditions path={`${at}fields`} />
        </Stack>
      </Fold>
    </Stack>
  );
};

const FieldConditions = ({ path }: { readonly path: string }) => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const raw = valueAt(form.draft, path);
  const fields = Array.isArray(raw) ? (raw as readonly Draft[]) : [];
  return (
    <div>
      <Text size="sm" fw={500}>
        {t('notify.match.fields')}
      </Text>
      <Text size="xs" c="dimmed">
        {t('notify.match.fieldsHint')}
      </Text>
      <Stack gap="xs" mt={6}>
        {fields.map((_, index) => (
          // A condition has no name; its place in the list is what it is known by.
          <Group key={index} gap="xs" align="flex-start" wrap="nowrap">
            <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xs" flex={1}>
              <TextAt path={`${path}.${index}.name`} label={t('notify.match.fieldName')} />
              <TextAt path={`${path}.${index}.equals`} label={t('notify.match.equals')} />
              <TextAt path={`${path}.${index}.contains`} label={t('notify.match.fieldContains')} />
            </SimpleGrid>
            <ActionIcon
              variant="default"
              mt={26}
              aria-label={t('notify.match.removeField', { number: index + 1 })}
              onClick={() => form.set(path, fields.toSpliced(index, 1))}
            >
              <IconX size={15} aria-hidden="true" />
            </ActionIcon>
          </Group>
        ))}
        {fields.length < fieldsShownMax && (
          <Group>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden="true" />}
              onClick={() => form.set(path, [...fields, {}])}
            >
              {t('notify.match.addField')}
            </Button>
          </Group>
        )}
      </Stack>
    </div>
  );
};
