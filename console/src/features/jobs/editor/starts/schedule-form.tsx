// One schedule of a draft as a form: when, on which days, what else. What is wrong stands at its field. Called by starts-view.tsx.
// Not responsible for the list of schedules nor for the preview.
import { Checkbox, Fieldset, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { closedDayPolicies, missedPolicySchema, scheduleLimits } from '@nezuban/protocol/jobs/schedule';
import { useBackend } from '../../../../app/backend.tsx';
import { useMay } from '../../../../app/use-may.ts';
import { DayRulesField } from './day-rules-field.tsx';
import {
  startsBy,
  timesOfText,
  withCalendar,
  withField,
  withStartsBy,
  type DraftSchedule,
} from './schedule-model.ts';

export type ScheduleFormProps = {
  readonly schedule: DraftSchedule;
  /** `key`: changes of one field in a row are one step of undo. */
  readonly onChange: (schedule: DraftSchedule, key: string) => void;
  /** By the way from the schedule: `times[0]`; '' for the whole. */
  readonly problemOf: (way: string) => string | null;
  readonly readOnly: boolean;
  /** Zone of the net. */
  readonly zone: string;
  /** Names of the parameters that the net declares. */
  readonly parameters: readonly string[];
  /** `2026-11-26`. */
  readonly today: string;
};

const kindsOfDay = ['open', 'closed', 'all'] as const;
const months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const ScheduleForm = (props: ScheduleFormProps) => {
  const { t } = useTranslation();
  const { schedule, onChange, problemOf, readOnly } = props;
  const set = (key: string, value: unknown) => onChange(withField(schedule, key, value), key);
  const whole = problemOf('');
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <TextInput
          size="xs"
          className="nz-starts-grow"
          label={t('editorStarts.name')}
          withAsterisk
          value={schedule.name}
          error={problemOf('name')}
          disabled={readOnly}
          spellCheck={false}
          onChange={(event) => onChange({ ...schedule, name: event.currentTarget.value }, 'name')}
        />
        <Checkbox
          size="xs"
          mb={8}
          label={t('editorStarts.enabled')}
          checked={schedule['enabled'] !== false}
          disabled={readOnly}
          onChange={(event) => set('enabled', event.currentTarget.checked ? undefined : false)}
        />
      </Group>
      {whole !== null && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {whole}
        </Text>
      )}
      <WhenFields {...props} set={set} />
      <CalendarFields {...props} set={set} />
      <NativeSelect
        size="xs"
        label={t('editorStarts.missed.label')}
        value={textOf(schedule['missed'])}
        error={problemOf('missed')}
        disabled={readOnly}
        onChange={(event) => set('missed', event.currentTarget.value || undefined)}
        data={[
          { value: '', label: t('editorStarts.missed.byDefault') },
          ...missedPolicySchema.options.map((value) => ({ value, label: t(`editorStarts.missed.${value}`) })),
        ]}
      />
      <ParameterFields {...props} set={set} />
    </Stack>
  );
};

type SetProps = ScheduleFormProps & { readonly set: (key: string, value: unknown) => void };

const WhenFields = ({ schedule, onChange, problemOf, readOnly, set }: SetProps) => {
  const { t } = useTranslation();
  const by = startsBy(schedule);
  return (
    <>
      <NativeSelect
        size="xs"
        label={t('editorStarts.by.label')}
        value={by}
        disabled={readOnly}
        onChange={(event) =>
          onChange(withStartsBy(schedule, event.currentTarget.value === 'cron' ? 'cron' : 'times'), 'by')
        }
        data={(['times', 'cron'] as const).map((value) => ({ value, label: t(`editorStarts.by.${value}`) }))}
      />
      {by === 'times' ? (
        <TimesField
          value={listOf(schedule['times'])}
          onChange={(times) => set('times', times)}
          problem={problemsOfList(problemOf, 'times', listOf(schedule['times']).length)}
          readOnly={readOnly}
        />
      ) : (
        <TextInput
          size="xs"
          label={t('editorStarts.by.cron')}
          description={t('editorStarts.cronHint')}
          value={textOf(schedule['cron'])}
          error={problemOf('cron')}
          disabled={readOnly}
          spellCheck={false}
          onChange={(event) => set('cron', event.currentTarget.value)}
        />
      )}
    </>
  );
};

/** All that is wrong with a list, said below the one field that it is typed in. */
const problemsOfList = (
  problemOf: (way: string) => string | null,
  key: string,
  length: number,
): string | null => {
  const said = [problemOf(key), ...Array.from({ length }, (_, index) => problemOf(`${key}[${index}]`))];
  return said.find((problem) => problem !== null) ?? null;
};

/** Keeps what is typed, blanks at its end too, as long as it says what stands in the draft. */
const TimesField = ({
  value,
  onChange,
  problem,
  readOnly,
}: {
  readonly value: readonly unknown[];
  readonly onChange: (times: readonly string[]) => void;
  readonly problem: string | null;
  readonly readOnly: boolean;
}) => {
  const { t } = useTranslation();
  const standing = value.map(textOf).join(' ');
  const [typed, setTyped] = useState(standing);
  const shown = timesOfText(typed).join(' ') === standing ? typed : standing;
  return (
    <TextInput
      size="xs"
      label={t('editorStarts.times')}
      description={t('editorStarts.timesHint')}
      placeholder="22:00"
      value={shown}
      error={problem}
      disabled={readOnly}
      spellCheck={false}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        onChange(timesOfText(text));
      }}
    />
  );
};

const CalendarFields = ({ schedule, onChange, problemOf, readOnly, zone, today, set }: SetProps) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useQuery({ ...queries.calendars(), enabled: useMay('calendars.read') });
  const calendar = textOf(schedule['calendar']);
  const known = (data ?? []).map(({ calendar: { name } }) => name);
  const names = calendar === '' || known.includes(calendar) ? known : [calendar, ...known];
  return (
    <>
      <NativeSelect
        size="xs"
        label={t('editorStarts.calendar')}
        value={calendar}
        error={problemOf('calendar')}
        disabled={readOnly}
        onChange={(event) =>
          onChange(withCalendar(schedule, event.currentTarget.value || undefined), 'calendar')
        }
        data={[
          { value: '', label: t('editorStarts.noCalendar') },
          ...names.map((name) => ({ value: name, label: name })),
        ]}
      />
      {calendar === '' ? (
        <TextInput
          size="xs"
          label={t('editorStarts.zone')}
          description={t('editorStarts.zoneHint', { zone })}
          placeholder={zone}
          value={textOf(schedule['timezone'])}
          error={problemOf('timezone')}
          disabled={readOnly}
          spellCheck={false}
          onChange={(event) => set('timezone', event.currentTarget.value || undefined)}
        />
      ) : (
        <DayFields {...{ schedule, problemOf, readOnly, today, set }} />
      )}
    </>
  );
};

/** What only a calendar can say. Fields that have no sense beside what is chosen are not shown, unless something stands in them. */
const DayFields = ({
  schedule,
  problemOf,
  readOnly,
  today,
  set,
}: Pick<SetProps, 'schedule' | 'problemOf' | 'readOnly' | 'today' | 'set'>) => {
  const { t } = useTranslation();
  const byCron = startsBy(schedule) === 'cron';
  const ifClosed = textOf(schedule['if_closed']);
  const onOpenDays = schedule['on'] === undefined || schedule['on'] === 'open';
  const days = listOf(schedule['days']);
  const says = (key: string): boolean => schedule[key] !== undefined;
  const moves = ifClosed === 'before' || ifClosed === 'after';
  return (
    <>
      <NativeSelect
        size="xs"
        label={t('editorStarts.on.label')}
        value={textOf(schedule['on'])}
        error={problemOf('on')}
        disabled={readOnly}
        onChange={(event) => set('on', event.currentTarget.value || undefined)}
        data={[
          { value: '', label: t('editorStarts.on.byDefault') },
          ...kindsOfDay.map((value) => ({ value, label: t(`editorStarts.on.${value}`) })),
        ]}
      />
      {(!byCron || says('days')) && (
        <DayRulesField
          value={days}
          onChange={(value) => set('days', value)}
          problemOf={(index) => problemOf(index === null ? 'days' : `days[${index}]`)}
          readOnly={readOnly}
          today={today}
        />
      )}
      <MonthsField
        chosen={listOf(schedule['months'])}
        onChange={(value) => set('months', value)}
        problem={problemOf('months')}
        readOnly={readOnly}
      />
      {(onOpenDays || says('if_closed')) && (
        <NativeSelect
          size="xs"
          label={t('editorStarts.closedDay.label')}
          value={ifClosed}
          error={problemOf('if_closed')}
          disabled={readOnly}
          onChange={(event) => set('if_closed', event.currentTarget.value || undefined)}
          data={[
            { value: '', label: t('editorStarts.closedDay.byDefault') },
            ...closedDayPolicies
              // Beside a cron expression no day is moved.
              .filter((value) => !byCron || value === 'skip' || value === 'run' || value === ifClosed)
              .map((value) => ({ value, label: t(`editorStarts.closedDay.${value}`) })),
          ]}
        />
      )}
      {(moves || says('shift_days_max')) && (
        <CountField
          label={t('editorStarts.shiftMax')}
          hint={t('editorStarts.shiftMaxHint', { days: scheduleLimits.shiftDaysDefault })}
          value={schedule['shift_days_max']}
          onChange={(value) => set('shift_days_max', value)}
          problem={problemOf('shift_days_max')}
          readOnly={readOnly}
        />
      )}
      {(!byCron || says('move_open_days')) && (
        <CountField
          label={t('editorStarts.moveOpen')}
          hint={t('editorStarts.moveOpenHint')}
          value={schedule['move_open_days']}
          onChange={(value) => set('move_open_days', value)}
          problem={problemOf('move_open_days')}
          readOnly={readOnly}
        />
      )}
    </>
  );
};

/** A whole number; what is none yet goes out as text, and the judge says so. */
const CountField = ({
  label,
  hint,
  value,
  onChange,
  problem,
  readOnly,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly problem: string | null;
  readonly readOnly: boolean;
}) => (
  <TextInput
    size="xs"
    label={label}
    description={hint}
    inputMode="numeric"
    value={textOf(value)}
    error={problem}
    disabled={readOnly}
    onChange={(event) => {
      const text = event.currentTarget.value.normalize('NFKC').trim();
      onChange(text === '' ? undefined : /^-?\d+$/.test(text) ? Number(text) : text);
    }}
  />
);

const MonthsField = ({
  chosen,
  onChange,
  problem,
  readOnly,
}: {
  readonly chosen: readonly unknown[];
  readonly onChange: (months: readonly number[] | undefined) => void;
  readonly problem: string | null;
  readonly readOnly: boolean;
}) => {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t('editorStarts.months')} className="nz-editor-fieldset" disabled={readOnly}>
      <div className="nz-starts-months">
        {months.map((month) => (
          <Checkbox
            key={month}
            size="xs"
            label={t('editorStarts.month', { month })}
            checked={chosen.includes(month)}
            onChange={(event) => {
              const isIn = event.currentTarget.checked;
              const next = months.filter((each) => (each === month ? isIn : chosen.includes(each)));
              onChange(next.length === 0 ? undefined : next);
            }}
          />
        ))}
      </div>
      {problem !== null && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {problem}
        </Text>
      )}
    </Fieldset>
  );
};

/** Those that the net declares, and what else stands there, so that it can be taken away. */
const ParameterFields = ({ schedule, problemOf, readOnly, parameters, set }: SetProps) => {
  const { t } = useTranslation();
  const standing = schedule['parameters'];
  const given: Readonly<Record<string, unknown>> =
    typeof standing === 'object' && standing !== null ? { ...standing } : {};
  const names = [...new Set([...parameters, ...Object.keys(given)])];
  if (names.length === 0) return null;
  return (
    <Fieldset legend={t('editorStarts.parameters')} className="nz-editor-fieldset" disabled={readOnly}>
      {names.map((name) => (
        <TextInput
          key={name}
          size="xs"
          label={name}
          value={textOf(given[name])}
          error={problemOf(`parameters.${name}`)}
          spellCheck={false}
          onChange={(event) => {
            const { [name]: _before, ...others } = given;
            const text = event.currentTarget.value;
            const next = text === '' ? others : { ...given, [name]: text };
            set('parameters', Object.keys(next).length === 0 ? undefined : next);
          }}
        />
      ))}
      {problemOf('parameters') !== null && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {problemOf('parameters')}
        </Text>
      )}
    </Fieldset>
  );
};
