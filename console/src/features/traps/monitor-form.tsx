// A trap monitor to be changed: what it listens to, its rules in order, and beside them what they make of traps while they are edited.
import {
  ActionIcon,
  Alert,
  Button,
  Collapse,
  Group,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconArrowForwardUp, IconInfoCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrapMonitorView } from '@nezuban/protocol/api/trap-monitor-operations';
import type { Issue } from '@nezuban/protocol/errors';
import { priorities } from '@nezuban/protocol/priority';
import { ApiProblem } from '../../api/api-problem.ts';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { IssueList } from '../../components/issue-list.tsx';
import { LookOnly } from '../../components/look-only.tsx';
import { useVersionedForm, type Versioned } from '../../components/use-versioned-form.ts';
import {
  emptyMonitor,
  freeRuleName,
  issuesOfMonitor,
  judgeDraft,
  toMonitorDraft,
  type MonitorDraft,
  type RuleDraft,
  type TrapSource,
} from './monitor-draft.ts';
import { RuleList } from './rule-list.tsx';
import { ScopeField } from './scope-field.tsx';
import { TestPane } from './test-pane.tsx';
import './trap-rules.css';
import { useDraftHistory } from './use-draft-history.ts';
import { useTrapTest } from './use-trap-test.ts';

type Props = {
  /** Null: a new one. */
  readonly view: TrapMonitorView | null;
  readonly source: TrapSource;
  /** A rule that the address brings along: added, not saved. */
  readonly brought: RuleDraft | null;
  /** Traps that the test begins with; null: past ones. */
  readonly triedTraps: readonly number[] | null;
};

const toVersioned = (view: TrapMonitorView): Versioned<MonitorDraft> => ({
  draft: toMonitorDraft(view.monitor),
  revision: view.revision,
});

/** The brought rule comes first: behind one that takes everything it would never be asked. */
const withBrought = (draft: MonitorDraft, brought: RuleDraft | null): MonitorDraft | undefined =>
  brought === null
    ? undefined
    : { ...draft, rules: [{ ...brought, name: freeRuleName(draft.rules, brought.name) }, ...draft.rules] };

export const MonitorForm = ({ view, source, brought, triedTraps }: Props) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay('traps.write');
  const loaded = view === null ? { draft: emptyMonitor(source), revision: null } : toVersioned(view);
  const [initial] = useState(() => withBrought(loaded.draft, brought));
  const form = useVersionedForm<MonitorDraft>({
    loaded,
    initial,
    reload: () => client.invalidateQueries({ queryKey: ['trapMonitor', view?.monitor.name ?? ''] }),
    save: async (draft, over) => {
      const judged = judgeDraft(draft);
      // The button is off while it is so; whoever comes here by another way is told by the manager.
      if (!judged.ok) throw new Error(judged.issues[0]?.message ?? 'not valid');
      const { name } = judged.monitor;
      const saved = await api.call('putTrapMonitor', {
        params: { name },
        body: judged.monitor,
        ifMatch: over === null ? null : etagOf(over),
      });
      client.setQueryData(queries.trapMonitor(name).queryKey, saved);
      await client.invalidateQueries({ queryKey: ['listTrapMonitors'] });
      return toVersioned(saved);
    },
  });
  const { draft } = form;
  const history = useDraftHistory(draft, form.change);
  const judged = useMemo(() => judgeDraft(draft), [draft]);
  const test = useTrapTest(draft, triedTraps);
  const refusals = useMemo(() => refusalsOf([form.error, test.error]), [form.error, test.error]);
  const issues = judged.ok ? refusals : judged.issues;
  const set = (change: Partial<MonitorDraft>, field: string | null = null) =>
    history.edit((before) => ({ ...before, ...change }), field);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const step =
      key === 'y' || (key === 'z' && event.shiftKey) ? history.redo : key === 'z' ? history.undo : null;
    if (step === null) return;
    event.preventDefault();
    step();
  };
  return (
    <div className="nz-monitor">
      {/* Undo by keyboard belongs to the whole form, not to one element in it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className="nz-monitor-form" onKeyDown={onKeyDown}>
        <LookOnly right="traps.write" />
        {view === null && (
          <Text size="sm" c="dimmed">
            {t('traps.monitors.newText', { source: t(`traps.protocol.${draft.source}`) })}
          </Text>
        )}
        <fieldset className="nz-fieldset" disabled={!mayWrite}>
          <Stack gap="md">
            <Head draft={draft} isNew={view === null} issues={issuesOfMonitor(issues)} onSet={set} />
            {/* The test tells those of the draft. */}
            {test.result === undefined && <Hints view={view} />}
            <Group justify="space-between">
              <Title order={2} size="h5">
                {t('traps.rules.title', { count: draft.rules.length })}
              </Title>
              <Group gap={4}>
                <ActionIcon
                  variant="default"
                  size="lg"
                  aria-label={t('traps.rules.undo')}
                  title={`${t('traps.rules.undo')} (Ctrl+Z)`}
                  disabled={history.undo === null}
                  onClick={() => history.undo?.()}
                >
                  <IconArrowBackUp size={17} aria-hidden="true" />
                </ActionIcon>
                <ActionIcon
                  variant="default"
                  size="lg"
                  aria-label={t('traps.rules.redo')}
                  title={`${t('traps.rules.redo')} (Ctrl+Shift+Z)`}
                  disabled={history.redo === null}
                  onClick={() => history.redo?.()}
                >
                  <IconArrowForwardUp size={17} aria-hidden="true" />
                </ActionIcon>
              </Group>
            </Group>
            <RuleList
              rules={draft.rules}
              source={draft.source}
              issues={issues}
              totals={test.totals}
              knownFields={test.knownFields}
              openedFirst={initial === undefined ? null : (initial.rules[0]?.id ?? null)}
              mayWrite={mayWrite}
              edit={history.edit}
            />
            <Unmatched draft={draft} onSet={set} />
          </Stack>
        </fieldset>
        {mayWrite && (
          <div className="nz-monitor-bar">
            <FormBar
              form={form}
              changedBy={view?.updatedBy ?? null}
              invalid={!judged.ok}
              {...(view === null
                ? {
                    onSaved: () =>
                      void navigate({
                        to: '/traps/monitor/$name',
                        params: { name: draft.name.trim() },
                        ignoreBlocker: true,
                      }),
                  }
                : {})}
            />
            {!judged.ok && form.changed && (
              <Text size="sm" c="dimmed">
                {t(draft.name.trim() === '' ? 'traps.monitors.nameMissing' : 'traps.rules.mend')}
              </Text>
            )}
          </div>
        )}
      </div>
      <TestPane test={test} rules={draft.rules} source={draft.source} />
    </div>
  );
};

const refusalsOf = (errors: readonly unknown[]): readonly Issue[] => {
  const seen = new Set<string>();
  return errors
    .flatMap((error) => (error instanceof ApiProblem ? error.issues : []))
    .filter(({ path, message }) => {
      const key = `${path} ${message}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
};

type PartProps = {
  readonly draft: MonitorDraft;
  readonly onSet: (change: Partial<MonitorDraft>, field?: string | null) => void;
};

const Head = ({
  draft,
  isNew,
  issues,
  onSet,
}: PartProps & { readonly isNew: boolean; readonly issues: readonly Issue[] }) => {
  const { t } = useTranslation();
  const [more, setMore] = useState(draft.description !== '');
  const others = issues.filter(({ path }) => path !== 'name' && path !== 'rules');
  const nameIsBad = draft.name !== '' && issues.some(({ path }) => path === 'name');
  return (
    <Stack gap="sm">
      <div className="nz-form-grid">
        {isNew && (
          <TextInput
            label={t('traps.monitors.name')}
            description={t('traps.monitors.nameHint')}
            value={draft.name}
            onChange={(event) => onSet({ name: event.currentTarget.value }, 'name')}
            error={nameIsBad ? t('traps.rules.nameRule') : undefined}
            maxLength={100}
            required
            withAsterisk={false}
          />
        )}
        <TextInput
          label={t('traps.monitors.title')}
          description={t('traps.monitors.titleHint')}
          value={draft.title}
          onChange={(event) => onSet({ title: event.currentTarget.value }, 'title')}
          maxLength={200}
        />
        {isNew && (
          <Select
            label={t('traps.monitors.source')}
            description={t('traps.monitors.sourceHint')}
            value={draft.source}
            onChange={(value) => value !== null && onSet({ source: value })}
            allowDeselect={false}
            data={(['syslog', 'snmp', 'custom'] as const).map((value) => ({
              value,
              label: t(`traps.protocol.${value}`),
            }))}
          />
        )}
        <ScopeField
          label={t('traps.monitors.scope')}
          description={t('traps.monitors.scopeHint')}
          placeholder={t('traps.monitors.anybody')}
          value={draft.scope}
          onChange={(scope) => onSet({ scope })}
        />
      </div>
      <Group gap="lg">
        <Switch
          label={t('traps.monitors.enabledLabel')}
          checked={draft.enabled}
          onChange={(event) => onSet({ enabled: event.currentTarget.checked })}
        />
        <Button
          size="compact-sm"
          variant="subtle"
          aria-expanded={more}
          aria-controls="monitor-description"
          onClick={() => setMore(!more)}
        >
          {t('traps.monitors.description')}
        </Button>
      </Group>
      <Collapse expanded={more} id="monitor-description">
        <Textarea
          aria-label={t('traps.monitors.description')}
          value={draft.description}
          onChange={(event) => onSet({ description: event.currentTarget.value }, 'description')}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={10_000}
        />
      </Collapse>
      {others.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden="true" />} p="sm">
          <IssueList issues={others} />
        </Alert>
      )}
    </Stack>
  );
};

/** Of what is saved: what would be odd about the draft is told by the test. */
const Hints = ({ view }: { readonly view: TrapMonitorView | null }) => {
  const { t } = useTranslation();
  if (view === null || view.hints.length === 0) return null;
  return (
    <Alert
      color="yellow"
      icon={<IconInfoCircle aria-hidden="true" />}
      title={t('traps.monitors.hintsTitle')}
      p="sm"
    >
      <IssueList issues={view.hints} />
    </Alert>
  );
};

const Unmatched = ({ draft, onSet }: PartProps) => {
  const { t } = useTranslation();
  return (
    <Select
      label={t('traps.rules.unmatched')}
      description={t('traps.rules.unmatchedHint')}
      value={draft.unmatched}
      onChange={(value) => value !== null && onSet({ unmatched: value })}
      allowDeselect={false}
      data={[
        { value: 'ignore', label: t('traps.rules.unmatchedIgnore') },
        ...priorities.toReversed().map((value) => ({
          value,
          label: t('traps.rules.eventOf', { priority: t(`status.priority.${value}`) }),
        })),
      ]}
      maw={420}
    />
  );
};
