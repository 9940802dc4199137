// MIB modules: uploaded by dropping files, with what is wrong in each at its line; deleted. Built-in ones stay.
import { Alert, Button, FileButton, Stack, Switch, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconTrash, IconUpload } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OperationOutput } from '@nezuban/protocol/api/operation';
import type { Operations } from '@nezuban/protocol/api/operations';
import { mibUploadLimits, type MibView } from '@nezuban/protocol/traps/snmp-names';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorState, FormError } from '../../components/error-state.tsx';
import { IssueList } from '../../components/issue-list.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Instant } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';
import { Mark } from './mark.tsx';

type Uploaded = OperationOutput<Operations['uploadMibs']>;

export const MibModules = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayWrite = useMay('traps.write');
  const { data, error, refetch } = useQuery(queries.mibs());
  const [own, setOwn] = useState(false);
  const uploaded = data?.filter(({ fileName }) => fileName !== null) ?? [];
  return (
    <Stack gap="sm" className="nz-fill">
      {mayWrite && <Upload />}
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data !== undefined && (
        <>
          <Switch
            label={t('traps.mibs.onlyUploaded', { count: uploaded.length })}
            checked={own}
            onChange={(event) => setOwn(event.currentTarget.checked)}
          />
          <ModuleTable modules={own ? uploaded : data} />
        </>
      )}
    </Stack>
  );
};

const Upload = () => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [result, setResult] = useState<Uploaded | null>(null);
  const send = async (files: readonly File[]) => {
    if (files.length === 0) return;
    setBusy(true);
    setError(null);
    setResult(null);
    try {
      const body = {
        files: await Promise.all(
          files
            .slice(0, mibUploadLimits.filesMax)
            .map(async (file) => ({ name: file.name, text: await file.text() })),
        ),
      };
      setResult(await api.call('uploadMibs', { body }));
      await client.invalidateQueries({ queryKey: ['mibs'] });
      await client.invalidateQueries({ queryKey: ['oids'] });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {/* For the mouse; the button in it does the same for everybody. */}
      <div
        className="nz-drop"
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void send([...event.dataTransfer.files]);
        }}
      >
        <IconUpload size={20} aria-hidden="true" />
        <Text size="sm">{t('traps.mibs.drop')}</Text>
        <FileButton onChange={(files) => void send(files)} multiple accept=".mib,.my,.txt,.MIB,text/plain">
          {(props) => (
            <Button {...props} size="xs" variant="default" loading={busy}>
              {t('traps.mibs.pick')}
            </Button>
          )}
        </FileButton>
      </div>
      <FormError error={error} />
      <div aria-live="polite">{result !== null && <UploadResult result={result} />}</div>
    </>
  );
};

const UploadResult = ({ result }: { readonly result: Uploaded }) => {
  const { t } = useTranslation();
  const { modules, refused } = result;
  const bad = modules.filter(({ problems }) => problems.length > 0);
  return (
    <Stack gap="xs">
      {modules.length > 0 && (
        <Alert color="green" icon={<IconCircleCheck aria-hidden="true" />} p="sm">
          {t('traps.mibs.taken', { names: modules.map(({ name }) => name).join(', ') })}
        </Alert>
      )}
      {bad.map(({ name, fileName, problems }) => (
        <Alert
          key={`${fileName} ${name}`}
          color="yellow"
          icon={<IconAlertTriangle aria-hidden="true" />}
          title={t('traps.mibs.problemsOf', { file: fileName, module: name })}
          p="sm"
        >
          <IssueList issues={toIssues(problems)} />
        </Alert>
      ))}
      {refused.length > 0 && (
        <Alert
          color="red"
          icon={<IconAlertTriangle aria-hidden="true" />}
          title={t('traps.mibs.refused')}
          p="sm"
        >
          <IssueList issues={refused.map(({ fileName, message }) => ({ path: fileName, message }))} />
        </Alert>
      )}
    </Stack>
  );
};

const toIssues = (problems: MibView['problems']) =>
  problems.map(({ line, message }) => ({ path: '', message, ...(line === null ? {} : { line }) }));

const keyOf = ({ name }: MibView) => name;

const ModuleTable = ({ modules }: { readonly modules: readonly MibView[] }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const mayWrite = useMay('traps.write');
  const [shown, setShown] = useState<string | null>(null);
  const columns = useMemo(
    () =>
      defineColumns<MibView>([
        {
          id: 'name',
          header: t('traps.mibs.module'),
          cell: ({ name, problems }) => (
            <>
              <strong>{name}</strong>
              {shown === name && problems.length > 0 && <IssueList issues={toIssues(problems)} />}
            </>
          ),
          value: ({ name }) => name,
        },
        {
          id: 'file',
          header: t('traps.mibs.file'),
          cell: ({ fileName }) => fileName ?? <Mark tone="neutral">{t('traps.mibs.builtIn')}</Mark>,
          value: ({ fileName }) => fileName ?? '',
        },
        {
          id: 'definitions',
          header: t('traps.mibs.definitions'),
          cell: ({ definitions }) => format.number(definitions),
          value: ({ definitions }) => definitions,
          numeric: true,
          wide: true,
        },
        {
          id: 'uploaded',
          header: t('traps.mibs.uploaded'),
          cell: ({ uploadedAt, uploadedBy }) =>
            uploadedAt === null ? (
              '–'
            ) : (
              <>
                <Instant at={uploadedAt} /> {uploadedBy}
              </>
            ),
          value: ({ uploadedAt }) => uploadedAt ?? '',
          wide: true,
        },
        {
          id: 'problems',
          header: t('traps.mibs.problems'),
          cell: ({ name, problems }) =>
            problems.length === 0 ? (
              '–'
            ) : (
              <Button
                size="compact-xs"
                variant="default"
                aria-expanded={shown === name}
                onClick={() => setShown(shown === name ? null : name)}
              >
                {t('traps.monitors.hintCount', { count: problems.length })}
              </Button>
            ),
          value: ({ problems }) => problems.length,
        },
        ...(mayWrite
          ? [
              {
                id: 'delete',
                header: <span className="nz-hidden">{t('actions.delete')}</span>,
                cell: (mib: MibView) => (mib.fileName === null ? null : <DeleteMib name={mib.name} />),
              },
            ]
          : []),
      ]),
    [t, format, mayWrite, shown],
  );
  return (
    <DataTable label={t('traps.mibs.modules')} items={modules} columns={columns} keyOf={keyOf} sortable />
  );
};

const DeleteMib = ({ name }: { readonly name: string }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const remove = async () => {
    const agreed = await confirm({
      title: t('traps.mibs.delete.title', { name }),
      text: t('traps.mibs.delete.text'),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    await run(
      async () => {
        await api.call('deleteMib', { params: { name } });
        await client.invalidateQueries({ queryKey: ['mibs'] });
        await client.invalidateQueries({ queryKey: ['oids'] });
      },
      t('traps.mibs.delete.done', { name }),
    );
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      leftSection={<IconTrash size={13} aria-hidden="true" />}
      onClick={() => void remove()}
      aria-label={t('traps.mibs.delete.one', { name })}
    >
      {t('actions.delete')}
    </Button>
  );
};
