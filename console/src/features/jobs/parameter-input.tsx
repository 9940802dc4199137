// The input of one parameter of a net, as its type wants it, with what is wrong with the value. What is right is judged by the same code as in
// the manager; the sentence is in the user's language. Called by the dialogs that
// run a net and that prepare a start.
import { Code, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { choicesOf, isRequired, valueProblem } from '@nezuban/core/jobs/variables/parameter-values';
import { parameterLimits, type ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import { ApiProblem } from '../../api/api-problem.ts';
import { saidIn } from '../../i18n/said.ts';

type Props = {
  readonly parameter: ParameterDefinition;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What the manager has said of it. */
  readonly refusal: string | null;
  /** The dialog begins with it. */
  readonly isFirst?: boolean;
};

export const ParameterInput = ({ parameter, value, onChange, refusal, isFirst = false }: Props) => {
  const { t } = useTranslation();
  const { name, type = 'text', label, description, default: byDefault } = parameter;
  const isNamed = type === 'secret' && byDefault !== undefined;
  const common = {
    label: label === undefined ? <Code>{name}</Code> : label,
    description: [label === undefined ? null : name, description, boundsText(t, parameter)]
      .filter((text) => text != null && text !== '')
      .join(' · '),
    required: isRequired(parameter),
    value,
    error: refusal ?? parameterProblem(t, parameter, value),
    'data-autofocus': isFirst || undefined,
  };
  const text = {
    ...common,
    placeholder:
      byDefault === undefined
        ? ''
        : isNamed
          ? t('parameter.keptSecret')
          : t('run.default', { value: byDefault }),
    autoComplete: 'off',
    spellCheck: false,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      onChange(event.currentTarget.value),
  };
  switch (type) {
    case 'text':
      return <TextInput {...text} />;
    case 'number':
      return <TextInput {...text} inputMode="decimal" />;
    case 'date':
      return (
        <TextInput
          {...text}
          type="date"
          {...(byDefault === undefined
            ? {}
            : {
                description: [common.description, t('run.default', { value: byDefault })]
                  .filter(Boolean)
                  .join(' · '),
              })}
        />
      );
    case 'secret':
      return <PasswordInput {...text} autoComplete="new-password" />;
    case 'boolean':
    case 'choice': {
      const choices =
        type === 'boolean'
          ? [
              { value: 'true', label: t('parameter.yes') },
              { value: 'false', label: t('parameter.no') },
            ]
          : choicesOf(parameter);
      const shown = choices.find((choice) => choice.value === byDefault)?.label;
      const none = shown === undefined ? t('parameter.choose') : t('run.default', { value: shown });
      return (
        <NativeSelect
          {...common}
          data={[{ value: '', label: none }, ...choices]}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    }
  }
};

/** Null: it is right, or nothing has been typed. */
export const parameterProblem = (
  t: TFunction,
  parameter: ParameterDefinition,
  value: string,
): string | null => {
  if (value === '' || valueProblem(parameter, value) === null) return null;
  switch (parameter.type ?? 'text') {
    case 'text':
      return parameter.pattern === undefined
        ? t('parameter.problem.length', {
            from: parameter.length_min ?? 0,
            to: parameter.length_max ?? 10_000,
          })
        : t('parameter.problem.pattern', { pattern: parameter.pattern });
    case 'number':
      return t('parameter.problem.number');
    case 'choice':
    case 'boolean':
      return t('parameter.problem.choice');
    case 'date':
      return t('parameter.problem.date');
    case 'secret':
      return t('parameter.problem.secret', {
        from: parameterLimits.secretCharsMin,
        to: parameterLimits.secretCharsMax,
      });
  }
};

const boundsText = (t: TFunction, { min, max }: ParameterDefinition): string => {
  if (min !== undefined && max !== undefined) return t('parameter.between', { min, max });
  if (min !== undefined) return t('parameter.atLeast', { min });
  return max === undefined ? '' : t('parameter.atMost', { max });
};

/** What the manager says of this field. */
export const parameterRefusal = (error: unknown, name: string, language: string): string | null => {
  if (!(error instanceof ApiProblem)) return null;
  const issue = error.problem.issues.find(({ path }) => path === `parameters.${name}`);
  return issue === undefined ? null : saidIn(issue, language);
};
