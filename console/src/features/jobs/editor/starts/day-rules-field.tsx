// The days on which a schedule starts, one row a day: what kind of day, which one, counted from where. Called by schedule-form.tsx.
import { ActionIcon, Button, Fieldset, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { weekdays } from '@nezuban/protocol/calendars/weekday';
import {
  dayRuleKinds,
  dayRuleOfKind,
  formOfDayRule,
  textOfDayRule,
  type DayRuleForm,
} from './day-rule-text.ts';

type Props = {
  readonly value: readonly unknown[];
  readonly onChange: (value: readonly string[] | undefined) => void;
  /** Of the whole (null), or of one row. */
  readonly problemOf: (index: number | null) => string | null;
  readonly readOnly: boolean;
  /** `2026-11-26`, where a date is needed and none is there. */
  readonly today: string;
};

export const DayRulesField = ({ value, onChange, problemOf, readOnly, today }: Props) => {
  const { t } = useTranslation();
  const forms = value.map(formOfDayRule);
  const put = (next: readonly DayRuleForm[]) =>
    onChange(next.length === 0 ? undefined : next.map(textOfDayRule));
  const whole = problemOf(null);
  return (
    <Fieldset legend={t('editorStarts.days.label')} className="nz-editor-fieldset" disabled={readOnly}>
      {forms.length === 0 && (
        <Text size="xs" c="dimmed">
          {t('editorStarts.days.every')}
        </Text>
      )}
      {forms.map((form, index) => (
        // Days have no name of their own that would stay the same while they are typed.
        <DayRow
          key={index}
          form={form}
          number={index + 1}
          problem={problemOf(index)}
          today={today}
          onChange={(next) => put(forms.map((each, at) => (at === index ? next : each)))}
          onRemove={() => put(forms.filter((_, at) => at !== index))}
        />
      ))}
      {whole !== null && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {whole}
        </Text>
      )}
      <Group>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => put([...forms, { kind: 'of_month', count: '1', fromEnd: false }])}
        >
          {t('editorStarts.days.add')}
        </Button>
      </Group>
    </Fieldset>
  );
};

type RowProps = {
  readonly form: DayRuleForm;
  readonly number: number;
  readonly problem: string | null;
  readonly today: string;
  readonly onChange: (form: DayRuleForm) => void;
  readonly onRemove: () => void;
};

const DayRow = ({ form, number, problem, today, onChange, onRemove }: RowProps) => {
  const { t } = useTranslation();
  return (
    <div className="nz-starts-day">
      <Group gap="xs" align="flex-end">
        <NativeSelect
          size="xs"
          aria-label={t('editorStarts.days.kind', { number })}
          value={form.kind}
          onChange={(event) => {
            const kind = dayRuleKinds.find((each) => each === event.currentTarget.value);
            if (kind !== undefined) onChange(dayRuleOfKind(kind, form, today));
          }}
          data={dayRuleKinds.map((kind) => ({ value: kind, label: t(`editorStarts.days.kinds.${kind}`) }))}
        />
        <DayInputs form={form} onChange={onChange} isWrong={problem !== null} />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`${t('editorStarts.days.remove')} (${number})`}
          onClick={onRemove}
        >
          <IconTrash size={15} aria-hidden="true" />
        </ActionIcon>
      </Group>
      {problem !== null && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {problem}
        </Text>
      )}
    </div>
  );
};

type InputsProps = Pick<RowProps, 'form' | 'onChange'> & { readonly isWrong: boolean };

const DayInputs = ({ form, onChange, isWrong }: InputsProps) => {
  const { t } = useTranslation();
  switch (form.kind) {
    case 'of_month':
    case 'open':
    case 'closed':
      return <CountInputs form={form} onChange={onChange} isWrong={isWrong} />;
    case 'weekday':
      return <WeekdaySelect form={form} onChange={onChange} />;
    case 'nth_weekday':
      return (
        <>
          <CountInputs form={form} onChange={onChange} isWrong={isWrong} />
          <WeekdaySelect form={form} onChange={onChange} />
        </>
      );
    case 'of_year':
      return (
        <TextInput
          size="xs"
          w={110}
          aria-label={t('editorStarts.days.monthDay')}
          placeholder="12-25"
          value={form.date}
          error={isWrong}
          onChange={(event) => onChange({ ...form, date: event.currentTarget.value })}
        />
      );
    case 'date':
      return (
        <TextInput
          size="xs"
          type="date"
          aria-label={t('editorStarts.days.date')}
          value={form.date}
          error={isWrong}
          onChange={(event) => {
            // A date that is half typed is none yet, and the form would forget what it was.
            if (event.currentTarget.value !== '') onChange({ ...form, date: event.currentTarget.value });
          }}
        />
      );
    case 'every':
      return (
        <>
          <TextInput
            size="xs"
            type="date"
            aria-label={t('editorStarts.days.first')}
            value={form.date}
            error={isWrong}
            onChange={(event) => {
              if (event.currentTarget.value !== '') onChange({ ...form, date: event.currentTarget.value });
            }}
          />
          <TextInput
            size="xs"
            w={70}
            inputMode="numeric"
            aria-label={t('editorStarts.days.every_days')}
            value={form.days}
            error={isWrong}
            onChange={(event) => onChange({ ...form, days: digitsOf(event.currentTarget.value) })}
          />
        </>
      );
    case 'text':
      return (
        <TextInput
          size="xs"
          aria-label={t('editorStarts.days.text')}
          value={form.text}
          error={isWrong}
          onChange={(event) => onChange({ ...form, text: event.currentTarget.value })}
        />
      );
  }
};

/** Full-width digits, as a Japanese keyboard types them, are digits. */
const digitsOf = (text: string): string => text.normalize('NFKC').replaceAll(/\D/g, '').slice(0, 3);

type Counted = Extract<DayRuleForm, { readonly count: string }>;

const CountInputs = ({
  form,
  onChange,
  isWrong,
}: {
  readonly form: Counted;
  readonly onChange: (form: DayRuleForm) => void;
  readonly isWrong: boolean;
}) => {
  const { t } = useTranslation();
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={t('editorStarts.days.from')}
        value={form.fromEnd ? 'end' : 'begin'}
        onChange={(event) => onChange({ ...form, fromEnd: event.currentTarget.value === 'end' })}
        data={(['begin', 'end'] as const).map((value) => ({ value, label: t(`editorStarts.days.${value}`) }))}
      />
      <TextInput
        size="xs"
        w={60}
        inputMode="numeric"
        aria-label={t('editorStarts.days.count')}
        value={form.count}
        error={isWrong}
        onChange={(event) => onChange({ ...form, count: digitsOf(event.currentTarget.value) })}
      />
    </>
  );
};

const WeekdaySelect = ({
  form,
  onChange,
}: {
  readonly form: Extract<DayRuleForm, { readonly kind: 'weekday' | 'nth_weekday' }>;
  readonly onChange: (form: DayRuleForm) => void;
}) => {
  const { t } = useTranslation();
  return (
    <NativeSelect
      size="xs"
      aria-label={t('editorStarts.days.weekday')}
      value={form.weekday}
      onChange={(event) => {
        const weekday = weekdays.find((day) => day === event.currentTarget.value);
        if (weekday !== undefined) onChange({ ...form, weekday });
      }}
      data={weekdays.map((day) => ({ value: day, label: t(`calendars.weekday.${day}`) }))}
    />
  );
};
