// The dialog in which somebody says beforehand what one coming start is to be like: suspended, units held or passed over, other parameters,
// priority. Responsible for one start of one schedule; what is right is judged by the manager. Called by the menu beside a start.
import { Button, Checkbox, Fieldset, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetDetail } from '@nezuban/protocol/api/jobs-operations';
import { workPriorities } from '@nezuban/protocol/jobs/control/places';
import type { ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import type { StartPreparation } from '@nezuban/protocol/jobs/start-preparation';
import { useBackend } from '../../../app/backend.tsx';
import { ErrorState, FormError } from '../../../components/error-state.tsx';
import { ListSkeleton } from '../../../components/query-list.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { ParameterInput, parameterProblem, parameterRefusal } from '../parameter-input.tsx';
import { ReasonInput } from './reason-input.tsx';
import { PreparedUnits, type UnitChanges } from './prepared-units.tsx';
import './prepare-start.css';

type Props = {
  readonly net: string;
  readonly schedule: string;
  readonly at: string;
  /** What was said of it before; null: nothing. */
  readonly prepared: StartPreparation | null;
  readonly onDone: () => void;
};

export const PrepareForm = (props: Props) => {
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.net(props.net));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return <WishForm {...props} detail={data.body} />;
};

const priorities = Array.from(
  { length: workPriorities.highest - workPriorities.lowest + 1 },
  (_, index) => workPriorities.lowest + index,
);

const WishForm = ({
  net,
  schedule,
  at,
  prepared,
  onDone,
  detail,
}: Props & { readonly detail: NetDetail }) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { api } = useBackend();
  const client = useQueryClient();
  const { definition } = detail;
  const wish = prepared?.wish ?? null;
  const keepable = prepared?.keepableSecrets ?? [];
  // Given by somebody else, who alone may keep them.
  const lost = secretsOf(wish).filter((name) => !keepable.includes(name));
  const [hold, setHold] = useState(wish?.hold ?? false);
  const [units, setUnits] = useState<UnitChanges>(wish?.units ?? {});
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() => plainValues(wish));
  const [kept, setKept] = useState<readonly string[]>(keepable);
  const [priority, setPriority] = useState(wish?.priority === undefined ? '' : String(wish.priority));
  const [reason, setReason] = useState(wish === null ? '' : (prepared?.reason ?? ''));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const given = definition.schedules.find(({ name }) => name === schedule)?.parameters ?? {};
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (definition.parameters.some((each) => parameterProblem(t, each, values[each.name] ?? '') !== null))
      return;
    setBusy(true);
    try {
      await api.call('prepareStart', {
        params: { name: net },
        body: {
          schedule,
          at,
          hold,
          units,
          parameters: { ...Object.fromEntries(kept.map((name) => [name, null])), ...values },
          ...(priority === '' ? {} : { priority: Number(priority) }),
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
          replaces: wish === null ? null : (prepared?.id ?? null),
        },
      });
      await refreshStarts(client, net);
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{t('prepare.intro', { at: format.instant(at) })}</Text>
        <FormError error={error} />
        <Checkbox
          label={t('prepare.hold')}
          description={t('prepare.holdHint')}
          checked={hold}
          onChange={(event) => setHold(event.currentTarget.checked)}
          data-autofocus
        />
        <Fieldset legend={t('prepare.units')}>
          <PreparedUnits definition={definition} value={units} onChange={setUnits} />
        </Fieldset>
        {definition.parameters.length > 0 && (
          <Fieldset legend={t('prepare.parameters')}>
            <Stack gap="sm">
              <Text size="xs" c="dimmed">
                {t('prepare.parametersHint')}
              </Text>
              {definition.parameters.map((parameter) => (
                <div key={parameter.name}>
                  {keepable.includes(parameter.name) && (
                    <Checkbox
                      mb="xs"
                      label={t('prepare.keepSecret', { name: parameter.label ?? parameter.name })}
                      checked={kept.includes(parameter.name)}
                      onChange={(event) =>
                        setKept(
                          event.currentTarget.checked
                            ? [...kept, parameter.name]
                            : kept.filter((name) => name !== parameter.name),
                        )
                      }
                    />
                  )}
                  {lost.includes(parameter.name) && (
                    <Text size="xs" mb={4}>
                      {t('prepare.secretLost', { by: prepared?.by })}
                    </Text>
                  )}
                  {!kept.includes(parameter.name) && (
                    <ParameterInput
                      parameter={optional(parameter, given[parameter.name])}
                      value={values[parameter.name] ?? ''}
                      refusal={parameterRefusal(error, parameter.name, i18n.language)}
                      onChange={(value) => {
                        setError(null);
                        setValues(({ [parameter.name]: _previous, ...others }) =>
                          value === '' ? others : { ...others, [parameter.name]: value },
                        );
                      }}
                    />
                  )}
                </div>
              ))}
            </Stack>
          </Fieldset>
        )}
        <NativeSelect
          label={t('prepare.priority')}
          description={t('prepare.priorityHint')}
          value={priority}
          onChange={(event) => setPriority(event.currentTarget.value)}
          data={[{ value: '', label: t('prepare.priorityNone') }, ...priorities.map(String)]}
        />
        <ReasonInput value={reason} onChange={setReason} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('prepare.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** Everything that shows coming starts of the net is read anew. */
export const refreshStarts = async (
  client: ReturnType<typeof useQueryClient>,
  net: string,
): Promise<unknown> =>
  await Promise.all([
    client.invalidateQueries({ queryKey: ['comingStarts'] }),
    client.invalidateQueries({ queryKey: ['net', net] }),
    client.invalidateQueries({ queryKey: ['startPreparations', net] }),
  ]);

/** Nothing has to be given: the schedule has given it. */
const optional = (parameter: ParameterDefinition, given: string | undefined): ParameterDefinition => ({
  ...parameter,
  required: false,
  ...(given === undefined ? {} : { default: given }),
});

type Wish = StartPreparation['wish'];

const plainValues = (wish: Wish): Record<string, string> =>
  Object.fromEntries(
    Object.entries(wish?.parameters ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [[name, value]],
    ),
  );

const secretsOf = (wish: Wish): string[] =>
  Object.entries(wish?.parameters ?? {}).flatMap(([name, value]) => (value === null ? [name] : []));
