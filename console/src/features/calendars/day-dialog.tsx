// One day of a calendar: as the week says, open or closed, and what it is called. Changes the draft; the page saves it.
import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { entryOfDay, type DayChoice, type Lists } from './edit-days.ts';
import { useDateText } from './use-date-text.ts';
import type { YearDay } from './year-model.ts';

type Props = {
  readonly day: YearDay;
  readonly lists: Lists;
  readonly onClose: () => void;
  readonly onSet: (choice: DayChoice, name: string) => void;
};

const choices = ['rule', 'open', 'closed'] as const satisfies readonly DayChoice[];

export const DayDialog = ({ day, lists, onClose, onSet }: Props) => {
  const { t } = useTranslation();
  const text = useDateText();
  const own = entryOfDay(lists, day.date);
  // What is clicked is wanted to be the other way round.
  const [choice, setChoice] = useState<DayChoice>(own?.list ?? (day.facts.open ? 'closed' : 'open'));
  const [name, setName] = useState(own?.name ?? '');
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSet(choice, name);
  };
  const { facts } = day;
  return (
    <Modal
      opened
      onClose={onClose}
      title={text.day(day.date)}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            {t(facts.open ? 'calendars.day.isOpen' : 'calendars.day.isClosed')}{' '}
            {facts.by === 'week'
              ? t('calendars.day.byWeek')
              : t('calendars.day.byEntry', { name: facts.name ?? t('calendars.day.noName') })}{' '}
            {day.inherited && facts.from !== null && t('calendars.day.from', { name: facts.from })}
          </Text>
          <Radio.Group
            label={t('calendars.day.choice')}
            value={choice}
            onChange={(value) => setChoice(choices.find((each) => each === value) ?? 'rule')}
          >
            <Stack gap={6} mt={4}>
              {choices.map((each) => (
                <Radio
                  key={each}
                  value={each}
                  label={t(`calendars.day.choices.${each}`)}
                  {...(each === choice && { 'data-autofocus': true })}
                />
              ))}
            </Stack>
          </Radio.Group>
          {choice !== 'rule' && (
            <TextInput
              label={t('calendars.day.name')}
              description={t('calendars.day.nameHint')}
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('actions.cancel')}
            </Button>
            <Button type="submit">{t('calendars.day.set')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
