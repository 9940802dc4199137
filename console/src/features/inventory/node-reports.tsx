// What the agent of a node reported and the manager could not take: shown only if there is something.
import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ReportAsideView } from '@nezuban/protocol/api/report-aside-operations';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { Section } from '../../components/section.tsx';
import { Instant } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';

export const NodeReports = ({ node }: { readonly node: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useQuery(queries.reportsAside(node));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title={t('nodes.reports.title')} text={t('nodes.reports.text')}>
      <Stack component="ul" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
        {data.items.map((report) => (
          <Report key={report.key} report={report} />
        ))}
      </Stack>
      {data.more && (
        <Text size="sm" c="dimmed">
          {t('nodes.reports.more')}
        </Text>
      )}
    </Section>
  );
};

const Report = ({ report }: { readonly report: ReportAsideView }) => {
  const { t } = useTranslation();
  const { attemptId, attemptClosed, net, session, reason, putAsideAt } = report;
  const exitCode = exitCodeIn(report.report);
  return (
    <Stack component="li" gap={4}>
      <Group gap="xs">
        <Link to="/sessions/$id" params={{ id: String(session) }} className="nz-break">
          {net === null ? attemptId : `${net} · ${attemptId}`}
        </Link>
        <Badge variant="light" color={attemptClosed ? 'gray' : 'yellow'}>
          {t(attemptClosed ? 'nodes.reports.closed' : 'nodes.reports.open')}
        </Badge>
        <Text size="sm" c="dimmed" component="span">
          <Instant at={putAsideAt} />
        </Text>
      </Group>
      {exitCode !== null && (
        <Text size="sm" fw={600}>
          {t('nodes.reports.ended', { code: exitCode })}
        </Text>
      )}
      {reason !== '' && <Text size="sm">{reason}</Text>}
      {report.report !== null && (
        <Code block className="nz-break" style={{ whiteSpace: 'pre-wrap' }}>
          {report.report}
        </Code>
      )}
      <Actions report={report} />
    </Stack>
  );
};

/** What is looked for first at night, in the midst of what the agent has said. */
const exitCodeIn = (said: string | null): string | null =>
  /"exitCode":(-?\d+)/u.exec(said ?? '')?.[1] ?? null;

const Actions = ({ report: { key, attemptId, attemptClosed } }: { readonly report: ReportAsideView }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const { busy, run } = useAction();
  const confirm = useConfirm();
  if (!useMay('nodes.write')) return null;
  const act = async (operation: 'takeReportAside' | 'removeReportAside', done: string): Promise<void> => {
    await run(async () => {
      await api.call(operation, { params: { key } });
      await client.invalidateQueries({ queryKey: ['reportsAside'] });
    }, done);
  };
  const remove = async (): Promise<void> => {
    const agreed = await confirm({
      title: t('nodes.reports.remove'),
      text: t('nodes.reports.removeText', { attempt: attemptId }),
      confirmLabel: t('nodes.reports.remove'),
      danger: true,
    });
    if (agreed) await act('removeReportAside', t('nodes.reports.removed'));
  };
  return (
    <Group gap="xs">
      {!attemptClosed && (
        <Button
          size="compact-sm"
          variant="default"
          loading={busy}
          onClick={() => void act('takeReportAside', t('nodes.reports.taken'))}
        >
          {t('nodes.reports.take')}
        </Button>
      )}
      <Button size="compact-sm" variant="default" color="red" loading={busy} onClick={() => void remove()}>
        {t('nodes.reports.remove')}
      </Button>
    </Group>
  );
};
