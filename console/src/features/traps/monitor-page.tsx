// One trap monitor: its rules as a form beside what they make of traps, its YAML, its deletion; or a new one. A rule may be brought along by
// the address: from a trap that came, or a notification of a MIB.
import { Alert, Anchor, Button, Group, SegmentedControl, Text } from '@mantine/core';
import { IconInfoCircle, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrapMonitorView } from '@nezuban/protocol/api/trap-monitor-operations';
import type { TrapDetail } from '@nezuban/protocol/traps/trap';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { CommandLine, CopyButton } from '../../components/copy-button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Instant } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { Needs } from '../access/forbidden.tsx';
import { MonitorForm } from './monitor-form.tsx';
import type { RuleDraft, TrapSource } from './monitor-draft.ts';
import { ruleFromNotification, ruleFromTrap, sourceOf } from './rule-from-trap.ts';
import './traps.css';

/** Ids of rules that are made here never meet those that were loaded (`rule-0`). */
const BROUGHT_ID = 'brought';

export const MonitorPage = () => {
  const { name } = useParams({ from: '/gate/traps/monitor/$name' });
  const search = useSearch({ from: '/gate/traps/monitor/$name' });
  const { queries } = useBackend();
  const { data: view, error, refetch } = useQuery(queries.trapMonitor(name));
  const [shown, setShown] = useState<'form' | 'yaml'>('form');
  const brought = useBroughtRule(search);
  return (
    <Page
      title={view?.monitor.title ?? name}
      description={
        <>
          <BackLink /> {view !== undefined && <Changed view={view} />}
        </>
      }
      actions={view !== undefined && <MonitorActions view={view} shown={shown} onShown={setShown} />}
    >
      <Needs right="traps.read">
        {view === undefined || !brought.ready ? (
          error === null ? (
            <ListSkeleton />
          ) : (
            <ErrorState error={error} onRetry={() => void refetch()} />
          )
        ) : (
          <>
            {/* The form stays alive behind the YAML: what was changed is not lost by looking. */}
            <div hidden={shown !== 'form'}>
              <MonitorForm
                key={name}
                view={view}
                source={view.monitor.source}
                brought={brought.source === view.monitor.source ? brought.rule : null}
                triedTraps={search.trap === undefined ? null : [search.trap]}
              />
            </div>
            {shown === 'yaml' && <MonitorYaml view={view} />}
          </>
        )}
      </Needs>
    </Page>
  );
};

export const NewMonitorPage = () => {
  const { t } = useTranslation();
  const search = useSearch({ from: '/gate/traps/new-monitor' });
  const brought = useBroughtRule(search);
  return (
    <Page title={t('traps.monitors.newTitle')} description={<BackLink />}>
      <Needs right="traps.write">
        {brought.ready ? (
          <MonitorForm
            view={null}
            source={brought.source ?? search.source ?? 'syslog'}
            brought={brought.rule}
            triedTraps={search.trap === undefined ? null : [search.trap]}
          />
        ) : (
          <ListSkeleton />
        )}
      </Needs>
    </Page>
  );
};

type Brought = {
  readonly ready: boolean;
  readonly rule: RuleDraft | null;
  readonly source: TrapSource | null;
};
type BroughtSearch = { readonly trap?: number; readonly oid?: string };

/** The rule that the address asks for, once the trap is there. One that is gone brings nothing. */
const useBroughtRule = ({ trap, oid }: BroughtSearch): Brought => {
  const { queries } = useBackend();
  const { data, error } = useQuery({ ...queries.trap(trap ?? 0), enabled: trap !== undefined });
  if (trap !== undefined) {
    if (data === undefined) return { ready: error !== null, rule: null, source: null };
    return fromTrap(data);
  }
  return oid === undefined
    ? { ready: true, rule: null, source: null }
    : { ready: true, rule: ruleFromNotification(oid, BROUGHT_ID), source: 'snmp' };
};

const fromTrap = (trap: TrapDetail): Brought => {
  const source = sourceOf(trap);
  return { ready: true, source, rule: source === null ? null : ruleFromTrap(trap, BROUGHT_ID) };
};

const BackLink = () => {
  const { t } = useTranslation();
  return (
    <Anchor
      size="sm"
      underline="always"
      renderRoot={(props: object) => (
        <Link to="/traps/$section" params={{ section: 'monitors' }} {...props} />
      )}
    >
      {t('traps.monitors.back')}
    </Anchor>
  );
};

const Changed = ({ view }: { readonly view: TrapMonitorView }) => {
  const { t } = useTranslation();
  return (
    <>
      · {view.monitor.name} · {t('traps.monitors.changed', { user: view.updatedBy })}{' '}
      <Instant at={view.updatedAt} />
    </>
  );
};

type ActionsProps = {
  readonly view: TrapMonitorView;
  readonly shown: 'form' | 'yaml';
  readonly onShown: (shown: 'form' | 'yaml') => void;
};

const MonitorActions = ({ view, shown, onShown }: ActionsProps) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const confirm = useConfirm();
  const mayWrite = useMay('traps.write');
  const { busy, run } = useAction();
  const { name } = view.monitor;
  const remove = async () => {
    const agreed = await confirm({
      title: t('traps.monitors.delete.title', { name }),
      text: t('traps.monitors.delete.text', { count: view.monitor.rules.length }),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    const gone = await run(
      () => api.call('deleteTrapMonitor', { params: { name }, ifMatch: etagOf(view.revision) }),
      t('traps.monitors.delete.done', { name }),
    );
    if (!gone) return void client.invalidateQueries({ queryKey: ['trapMonitor', name] });
    await navigate({ to: '/traps/$section', params: { section: 'monitors' }, ignoreBlocker: true });
    await client.invalidateQueries({ queryKey: ['listTrapMonitors'] });
  };
  return (
    <>
      <SegmentedControl
        aria-label={t('traps.monitors.view')}
        value={shown}
        onChange={(value) => onShown(value)}
        data={[
          { value: 'form', label: t('traps.monitors.form') },
          { value: 'yaml', label: 'YAML' },
        ]}
      />
      {mayWrite && (
        <Button
          variant="default"
          loading={busy}
          leftSection={<IconTrash size={15} aria-hidden="true" />}
          onClick={() => void remove()}
        >
          {t('actions.delete')}
        </Button>
      )}
    </>
  );
};

const MonitorYaml = ({ view }: { readonly view: TrapMonitorView }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { name } = view.monitor;
  const { data, error, refetch } = useQuery(queries.trapMonitorYaml(name, view.revision));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Alert color="gray" icon={<IconInfoCircle aria-hidden="true" />} p="sm">
        <Text size="sm">{t('traps.monitors.yamlText')}</Text>
        <Group mt="xs">
          <CommandLine command={`nezuban apply ${name}.yaml`} />
        </Group>
      </Alert>
      <div className="nz-code-frame">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
        <pre className="nz-code" tabIndex={0}>
          {data}
        </pre>
        <div className="nz-code-copy">
          <CopyButton value={data} />
        </div>
      </div>
    </>
  );
};
