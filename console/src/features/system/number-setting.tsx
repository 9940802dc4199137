// One number of the settings: its unit, its limits and its default beside it; or none, where that is allowed.
import { NumberInput, Stack, Switch } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsSection } from '@nezuban/protocol/settings/settings';
import { useFormat } from '../../components/use-format.ts';
import { numberRuleOf } from './number-rule.ts';

export type Unit =
  | 'days'
  | 'hours'
  | 'minutes'
  | 'seconds'
  | 'milliseconds'
  | 'percent'
  | 'gigabytes'
  | 'megabytes'
  | 'megabytesPerSecond'
  | 'characters'
  | 'passwords'
  | 'backups'
  | 'times'
  | 'transfers'
  | 'perSecond';

/** What one unit is in the settings. */
const scales: Partial<Record<Unit, number>> = { gigabytes: 1e9 };

type Props = {
  readonly section: SettingsSection;
  readonly path: string;
  readonly unit: Unit;
  readonly label: string;
  readonly text?: string;
  /** What it means to have none. */
  readonly noneLabel?: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly error?: string | undefined;
  readonly disabled: boolean;
};

export const NumberSetting = (props: Props) => {
  const { section, path, unit, label, text, noneLabel, value, onChange, error, disabled } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const rule = useMemo(() => numberRuleOf(section, path), [section, path]);
  const scale = scales[unit] ?? 1;
  const withUnit = (amount: number) => t(`settings.unit.${unit}`, { count: format.number(amount / scale) });
  const facts = [
    rule.byDefault === null
      ? noneLabel === undefined
        ? null
        : t('settings.byDefault', { value: noneLabel })
      : t('settings.byDefault', { value: withUnit(rule.byDefault) }),
    rule.min !== null && rule.max !== null
      ? t('settings.limits', { min: format.number(rule.min / scale), max: format.number(rule.max / scale) })
      : null,
  ].filter((fact) => fact !== null);
  return (
    <Stack gap={6}>
      <NumberInput
        label={label}
        description={[text, facts.join(t('settings.factSeparator'))]
          .filter((part) => part !== undefined && part !== '')
          .join(' ')}
        value={value === null ? '' : value / scale}
        onChange={(next) => onChange(typeof next === 'number' ? next * scale : Number.NaN)}
        suffix={t(`settings.suffix.${unit}`)}
        // Whole bytes are a fraction of a gigabyte.
        allowDecimal={!rule.integer || scale !== 1}
        {...(rule.integer && scale !== 1 ? { decimalScale: 3 } : {})}
        allowNegative={false}
        thousandSeparator=","
        hideControls
        error={error}
        disabled={disabled || value === null}
      />
      {rule.nullable && noneLabel !== undefined && (
        <Switch
          size="xs"
          label={noneLabel}
          checked={value === null}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? null : (rule.byDefault ?? rule.min ?? scale))
          }
          disabled={disabled}
        />
      )}
    </Stack>
  );
};
