// Several days in a row, of one year or of every year, as one entry of a calendar. Changes the draft; the page saves it.
import { Button, Group, Modal, NumberInput, SegmentedControl, Stack, Switch, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { daysOfEntry } from '@nezuban/core/calendars/day-entries';
import type { ListName, NewEntry } from './edit-days.ts';

type Props = {
  /** With which the dates begin. */
  readonly year: number;
  readonly onClose: () => void;
  readonly onAdd: (entry: NewEntry) => void;
};

type MonthDay = { readonly month: number; readonly day: number };
const two = (value: number): string => String(value).padStart(2, '0');

export const AddDaysDialog = ({ year, onClose, onAdd }: Props) => {
  const { t } = useTranslation();
  const [list, setList] = useState<ListName>('closed');
  const [everyYear, setEveryYear] = useState(false);
  const [from, setFrom] = useState(`${year}-12-29`);
  const [to, setTo] = useState(`${year}-12-31`);
  const [first, setFirst] = useState<MonthDay>({ month: 12, day: 29 });
  const [last, setLast] = useState<MonthDay>({ month: 12, day: 31 });
  const [name, setName] = useState('');
  const yearly = ({ month, day }: MonthDay): string => `${two(month)}-${two(day)}`;
  const entry: NewEntry = everyYear
    ? { list, date: yearly(first), to: yearly(last), name }
    : { list, date: from, to, name };
  const found = daysOfEntry({ date: entry.date, ...(entry.to !== null && { to: entry.to }) });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (found.kind !== 'wrong') onAdd(entry);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('calendars.add.title')}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <SegmentedControl
            aria-label={t('calendars.add.list')}
            value={list}
            onChange={(value) => setList(value === 'open' ? 'open' : 'closed')}
            data={[
              { value: 'closed', label: t('calendars.state.closed') },
              { value: 'open', label: t('calendars.state.open') },
            ]}
          />
          <Switch
            label={t('calendars.add.everyYear')}
            checked={everyYear}
            onChange={(event) => setEveryYear(event.currentTarget.checked)}
          />
          {everyYear ? (
            <>
              <MonthDayFields label={t('calendars.add.from')} value={first} onChange={setFirst} />
              <MonthDayFields label={t('calendars.add.to')} value={last} onChange={setLast} />
            </>
          ) : (
            <Group grow align="flex-start">
              <TextInput
                type="date"
                label={t('calendars.add.from')}
                required
                value={from}
                onChange={(event) => setFrom(event.currentTarget.value)}
              />
              <TextInput
                type="date"
                label={t('calendars.add.to')}
                required
                value={to}
                onChange={(event) => setTo(event.currentTarget.value)}
                error={found.kind === 'wrong' && t('calendars.add.wrong')}
              />
            </Group>
          )}
          <TextInput
            label={t('calendars.day.name')}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('actions.cancel')}
            </Button>
            <Button type="submit" disabled={found.kind === 'wrong'}>
              {t('calendars.add.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

type MonthDayProps = {
  readonly label: string;
  readonly value: MonthDay;
  readonly onChange: (value: MonthDay) => void;
};

const MonthDayFields = ({ label, value, onChange }: MonthDayProps) => {
  const { t } = useTranslation();
  return (
    <fieldset className="nz-plain-fieldset">
      <legend>{label}</legend>
      <Group grow>
        <NumberInput
          label={t('calendars.add.month')}
          min={1}
          max={12}
          value={value.month}
          onChange={(month) => onChange({ ...value, month: Number(month) })}
        />
        <NumberInput
          label={t('calendars.add.day')}
          min={1}
          max={31}
          value={value.day}
          onChange={(day) => onChange({ ...value, day: Number(day) })}
        />
      </Group>
    </fieldset>
  );
};
