// A file of definitions of any kind, as YAML: check without changing anything, apply all or nothing, errors at their line. Guards against leaving
// unsaved text. Not responsible for editing one job net (editor/).
import { Alert, Badge, Button, Group, Text, TextInput } from '@mantine/core';
import { IconCheck, IconDeviceFloppy, IconInfoCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useBlocker, useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApplyResult } from '@nezuban/protocol/api/jobs-operations';
import { ApiProblem } from '../../api/api-problem.ts';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { describeError } from '../../components/describe-error.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { IssueList } from '../../components/issue-list.tsx';
import { Page } from '../../components/page.tsx';
import { YamlEditor, type YamlEditorHandle } from './yaml-editor.tsx';

const template = `kind: jobnet
name: examples/hello
title: Hello
timezone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}
target: { node: local }
units:
  - name: first
    command: echo "hello from $(hostname)"
  - name: second
    after: [first]
    command: date
`;

export const ApplyPage = () => {
  const { t } = useTranslation();
  return (
    <Page fill title={t('edit.applyTitle')} description={t('edit.hint')}>
      <Editor />
    </Page>
  );
};

const Editor = () => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const confirm = useConfirm();
  const editor = useRef<YamlEditorHandle>(null);
  const [text, setText] = useState(template);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<ApplyResult | null>(null);
  const [error, setError] = useState<unknown>(null);
  const applied = useRef(false);
  useBlocker({
    shouldBlockFn: async () => {
      if (applied.current || text === template) return false;
      return !(await confirm({
        title: t('edit.leave.title'),
        text: t('edit.leave.text'),
        confirmLabel: t('edit.leave.confirm'),
        danger: true,
      }));
    },
    enableBeforeUnload: () => !applied.current && text !== template,
  });

  const send = async (dryRun: boolean) => {
    setBusy(true);
    setError(null);
    setResult(null);
    try {
      const answer = await api.call('applyDefinitions', {
        query: {
          dry_run: dryRun ? 'true' : 'false',
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        },
        body: text,
      });
      setResult(answer);
      if (dryRun) return;
      applied.current = true;
      await client.invalidateQueries();
      const net = answer.changes.find(({ kind }) => kind === 'jobnet');
      await (net === undefined
        ? navigate({ to: '/nets' })
        : navigate({ to: '/net/$name', params: { name: net.name } }));
    } catch (failure) {
      setError(failure);
      const first =
        failure instanceof ApiProblem ? failure.issues.find(({ line }) => line !== undefined) : undefined;
      if (first?.line !== undefined) editor.current?.goTo(first.line, first.column);
    } finally {
      setBusy(false);
    }
  };

  const issues = error instanceof ApiProblem ? error.issues : [];
  return (
    <>
      <Group gap="xs">
        <Button
          leftSection={<IconDeviceFloppy size={15} aria-hidden="true" />}
          loading={busy}
          onClick={() => void send(false)}
        >
          {t('edit.apply')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconCheck size={15} aria-hidden="true" />}
          disabled={busy}
          onClick={() => void send(true)}
        >
          {t('edit.check')}
        </Button>
        <Button variant="subtle" onClick={() => void navigate({ to: '/nets' })}>
          {t('actions.cancel')}
        </Button>
      </Group>
      <div id="edit-outcome" className="nz-outcome" aria-live="polite">
        {error !== null && (
          <Outcome error={error} onGo={(line, column) => editor.current?.goTo(line, column)} />
        )}
        {result !== null && <Changes result={result} />}
      </div>
      <TextInput
        size="xs"
        label={t('netVersions.reason')}
        description={t('netVersions.reasonHint')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
      />
      <YamlEditor ref={editor} value={text} onChange={setText} issues={issues} describedBy="edit-outcome" />
    </>
  );
};

const Outcome = ({
  error,
  onGo,
}: {
  readonly error: unknown;
  readonly onGo: (line: number, column: number | undefined) => void;
}) => {
  const { t, i18n } = useTranslation();
  if (!(error instanceof ApiProblem) || error.issues.length === 0) return <ErrorState error={error} />;
  return (
    <Alert color="red" title={describeError(t, error, i18n.language).title} role="alert">
      <IssueList
        issues={error.issues}
        onGo={(issue) => issue.line !== undefined && onGo(issue.line, issue.column)}
      />
    </Alert>
  );
};

const namedKinds = [
  'jobnet',
  'scope',
  'notification',
  'role',
  'maintenance_window',
  'trap_monitor',
  'trap_alias',
] as const;

/** A kind that this console does not know keeps the name it has in the file. */
const kindName = (t: TFunction, kind: string): string => {
  const known = namedKinds.find((each) => each === kind);
  return known === undefined ? kind : t(`edit.kind.${known}`);
};

const Changes = ({ result }: { readonly result: ApplyResult }) => {
  const { t } = useTranslation();
  return (
    <Alert
      color="green"
      icon={<IconInfoCircle aria-hidden="true" />}
      title={result.dryRun ? t('edit.checked') : t('edit.applied')}
    >
      {result.changes.map((change) => (
        <Group key={`${change.kind} ${change.name}`} gap="xs">
          <Badge size="sm" variant="light" color={change.change === 'unchanged' ? 'gray' : 'green'}>
            {t(`edit.change.${change.change}`)}
          </Badge>
          <Text size="sm">
            {kindName(t, change.kind)} {change.name}
          </Text>
        </Group>
      ))}
    </Alert>
  );
};
