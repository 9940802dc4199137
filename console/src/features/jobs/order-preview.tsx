// What would this command be: shown on demand beside a unit's definition, filled with the parameters that are typed. Secrets are hidden by the
// manager, and what only a session can know stays a place. Called by the panel of a unit's definition.
import { saidReason } from './said-reason.ts';
import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OrderPreview as Preview } from '@nezuban/protocol/jobs/order-preview';
import { useBackend } from '../../app/backend.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { ParameterInput } from './parameter-input.tsx';

export const OrderPreview = ({ net, unit }: { readonly net: string; readonly unit: string }) => {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  if (!shown)
    return (
      <Button
        size="xs"
        variant="default"
        leftSection={<IconEye size={15} aria-hidden="true" />}
        onClick={() => setShown(true)}
      >
        {t('preview.open')}
      </Button>
    );
  return <OpenPreview net={net} unit={unit} />;
};

const OpenPreview = ({ net, unit }: { readonly net: string; readonly unit: string }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const definition = useQuery(queries.net(net)).data?.body.definition;
  const { data, error, refetch } = useQuery({
    queryKey: ['previewOrder', net, unit, values],
    queryFn: ({ signal }) =>
      api.call('previewOrder', { params: { name: net }, body: { unit, parameters: values } }, signal),
    // While a letter is typed the last one stays.
    placeholderData: keepPreviousData,
  });
  return (
    <Stack gap="xs" component="section" aria-label={t('preview.title')}>
      {(definition?.parameters ?? [])
        // Nobody need type a secret to see where it goes.
        .filter(({ type }) => type !== 'secret')
        .map((parameter) => (
          <ParameterInput
            key={parameter.name}
            parameter={parameter}
            value={values[parameter.name] ?? ''}
            refusal={null}
            onChange={(value) =>
              setValues(({ [parameter.name]: _previous, ...others }) =>
                value === '' ? others : { ...others, [parameter.name]: value },
              )
            }
          />
        ))}
      {data === undefined ? (
        error === null ? (
          <ListSkeleton />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <PreviewFacts preview={data} />
      )}
    </Stack>
  );
};

const PreviewFacts = ({ preview }: { readonly preview: Preview }) => {
  const { t, i18n } = useTranslation();
  const { command, script, tool } = preview;
  const runs =
    command === null
      ? script === null
        ? `${tool?.name ?? ''} ${JSON.stringify(tool?.input ?? {}, null, 2)}`
        : [script.text.trimEnd(), ...script.arguments].join('\n')
      : typeof command === 'string'
        ? command
        : command.map((word) => JSON.stringify(word)).join(' ');
  const facts: (readonly [string, string | null])[] = [
    [
      t('preview.nodes'),
      preview.nodes.length > 0
        ? preview.nodes.join(', ')
        : saidReason({ reason: preview.noNodes, reasonSaid: preview.noNodesSaid }, i18n.language),
    ],
    [t('definition.user'), preview.user],
    [t('definition.directory'), preview.workingDirectory],
    [t('preview.stdin'), preview.stdin ?? preview.stdinFile],
    ...preview.files.map(({ variable, text }) => [variable, text] as const),
    ...Object.entries(preview.environment),
  ];
  return (
    <>
      {preview.problems.map(({ path, message }) => (
        <Alert key={`${path} ${message}`} p="xs" color="yellow">
          <Text size="sm">
            {path}: {message}
          </Text>
        </Alert>
      ))}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it */}
      <pre className="nz-code" tabIndex={0} aria-label={t('preview.command')} role="region">
        {runs}
      </pre>
      <dl className="nz-facts">
        {facts.flatMap(([name, value]) =>
          value === null ? (
            []
          ) : (
            <div key={name} className="nz-facts-row">
              <dt>{name}</dt>
              <dd className="nz-mono nz-break">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  );
};
