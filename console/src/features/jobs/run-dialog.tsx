// Runs a net now: asks for its parameters, remembers none of them (they may be secret), leads to the session.
import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetDetail } from '@nezuban/protocol/api/jobs-operations';
import type { ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import { ApiProblem } from '../../api/api-problem.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay, useMayOnNet } from '../../app/use-may.ts';
import { ErrorState, FormError } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { ParameterInput, parameterProblem, parameterRefusal } from './parameter-input.tsx';
import { freezesOfNet } from '../operations/place-text.ts';

export const RunButton = ({
  net,
  size = 'sm',
  compact = false,
}: {
  readonly net: string;
  readonly size?: 'xs' | 'sm';
  readonly compact?: boolean;
}) => {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  // In a long list each row has this button: its dialog is made when it is wanted first.
  const [wanted, setWanted] = useState(false);
  return (
    <>
      <Button
        size={size}
        variant={compact ? 'default' : 'filled'}
        leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
        onClick={() => {
          setWanted(true);
          setOpened(true);
        }}
        {...(compact ? { 'aria-label': t('run.openFor', { net }) } : {})}
      >
        {t('run.open')}
      </Button>
      {wanted && (
        <Modal
          opened={opened}
          onClose={() => setOpened(false)}
          title={t('run.title', { net })}
          closeButtonProps={{ 'aria-label': t('actions.close') }}
        >
          {opened && <RunForm net={net} onDone={() => setOpened(false)} />}
        </Modal>
      )}
    </>
  );
};

const RunForm = ({ net, onDone }: { readonly net: string; readonly onDone: () => void }) => {
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.net(net));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return <ParametersForm net={data.body} onDone={onDone} />;
};

const ParametersForm = ({ net, onDone }: { readonly net: NetDetail; readonly onDone: () => void }) => {
  const { t, i18n } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { parameters } = net.definition;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  /** One key for this opened dialog: a second click, or a repeat after a lost answer, gives the same session. */
  const [idempotencyKey] = useState(randomKey);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [override, setOverride] = useState(false);
  const isFrozen = error instanceof ApiProblem && error.problem.code === 'frozen';
  const mayOverride = useMayOverride(net.name);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (parameters.some((parameter) => parameterProblem(t, parameter, values[parameter.name] ?? '') !== null))
      return;
    setBusy(true);
    try {
      const session = await api.call('runNet', {
        params: { name: net.name },
        body: { parameters: values, idempotencyKey, ...(isFrozen && override && { overrideFreeze: true }) },
      });
      await client.invalidateQueries({ queryKey: ['listSessions'] });
      onDone();
      await navigate({ to: '/sessions/$id', params: { id: String(session.id) } });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        {isFrozen && mayOverride && (
          <Checkbox
            label={t('run.frozen.confirm')}
            description={t('run.frozen.hint')}
            checked={override}
            onChange={(event) => setOverride(event.currentTarget.checked)}
          />
        )}
        {parameters.length === 0 && <Text size="sm">{t('run.noParameters', { count: net.unitCount })}</Text>}
        {parameters.map((parameter, index) => (
          <ParameterInput
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? ''}
            isFirst={index === 0}
            refusal={parameterRefusal(error, parameter.name, i18n.language)}
            onChange={(value) => {
              setError(null);
              setValues(({ [parameter.name]: _previous, ...others }) =>
                // An emptied field means the default again, or nothing.
                value === '' && !(isPlainText(parameter) && parameter.default === undefined)
                  ? others
                  : { ...others, [parameter.name]: value },
              );
            }}
          />
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('actions.cancel')}
          </Button>
          <Button
            type="submit"
            loading={busy}
            {...(isFrozen && override && { color: 'orange' })}
            leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
            data-autofocus={parameters.length === 0 || undefined}
          >
            {t(isFrozen && override ? 'run.frozen.submit' : 'run.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** A text may be empty; an empty answer to anything else is none. */
const isPlainText = ({ type = 'text', required }: ParameterDefinition): boolean =>
  type === 'text' && required !== true;

/** Who may resume a place may override it; at folders and nets `nets.run` there is enough. The manager looks at each place. */
const useMayOverride = (net: string): boolean => {
  const { queries } = useBackend();
  const mayEverywhere = useMay('system.operate');
  const mayRun = useMayOnNet('nets.run', net);
  const { data } = useQuery(queries.frozen());
  const places = freezesOfNet(data?.frozen ?? [], net).map(({ place }) => place.kind);
  return mayEverywhere || (mayRun && !places.includes('manager'));
};

const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
