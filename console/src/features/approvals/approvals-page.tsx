// What waits for people: the question, who has decided so far, and the decision. The address may name one, as a link in a mail does; the link
// decides nothing by itself.
import { Badge, Button, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { IconCheck, IconUserCheck, IconX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OpenApproval } from '@nezuban/protocol/api/approval-operations';
import { saidIn } from '../../i18n/said.ts';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';
import { DecisionList } from './decision-list.tsx';

export const ApprovalsPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { session, unit } = useSearch({ from: '/gate/approvals' });
  const { data, error, refetch } = useQuery(queries.approvals());
  const isNamed = (each: OpenApproval): boolean => each.sessionId === session && each.unit === unit;
  // What somebody was sent here for comes first.
  const sorted = data?.toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
  return (
    <Page title={t('approvals.title')} description={t('approvals.description')}>
      {sorted === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {sorted?.length === 0 && (
        <EmptyState
          icon={<IconUserCheck />}
          title={t('approvals.none.title')}
          text={t('approvals.none.text')}
        />
      )}
      <Stack gap="md" component="ul" className="nz-plain-list">
        {sorted?.map((approval) => (
          <li key={`${approval.sessionId} ${approval.unit} ${approval.run}`}>
            <Approval approval={approval} />
          </li>
        ))}
      </Stack>
    </Page>
  );
};

const Approval = ({ approval }: { readonly approval: OpenApproval }) => {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const [comment, setComment] = useState('');
  const { sessionId, net, unit, title, question, needed, users, roles, decisions, refusal } = approval;
  const approved = decisions.filter(({ approve }) => approve).length;
  const names = [...(users ?? []), ...(roles ?? [])];
  const decide = async (approve: boolean): Promise<void> => {
    const change = async (): Promise<void> => {
      await api.call('decideApproval', {
        params: { id: sessionId },
        body: {
          unit,
          approve,
          run: approval.run,
          ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
        },
      });
      await client.invalidateQueries({ queryKey: ['listApprovals'] });
    };
    if (
      !approve &&
      !(await confirm({
        title: t('approvals.refuseTitle'),
        text: t('approvals.refuseText'),
        confirmLabel: t('approvals.refuse'),
        danger: true,
      }))
    )
      return;
    await run(change, t(approve ? 'approvals.approved' : 'approvals.refused'));
  };
  return (
    <Paper withBorder p="md" component="section" aria-label={question}>
      <Stack gap="sm">
        <Text fw={600} className="nz-break nz-pre-line">
          {question}
        </Text>
        <Group gap="sm" fz="sm">
          <Link to="/net/$name" params={{ name: net }}>
            {net}
          </Link>
          <Link to="/sessions/$id" params={{ id: String(sessionId) }} search={{ unit }}>
            {t('approvals.session', { session: sessionId })}
          </Link>
          <Text size="sm" c="dimmed">
            {t('approvals.unit', { unit: title ?? unit })}
          </Text>
          <Text size="sm" c="dimmed" component="div">
            <RelativeTime at={approval.askedAt} />
          </Text>
          {approval.until !== null && (
            <Text size="sm" fw={600}>
              {t('approvals.until', { at: format.instant(approval.until) })}
            </Text>
          )}
          {needed > 1 && <Badge variant="light">{t('approvals.needed', { approved, needed })}</Badge>}
        </Group>
        {names.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('approvals.who', { names: format.list(names) })}
          </Text>
        )}
        <DecisionList decisions={decisions} />
        {refusal === null ? (
          <>
            <Textarea
              label={t('approvals.comment')}
              description={t('approvals.commentHint')}
              value={comment}
              onChange={(event) => setComment(event.currentTarget.value)}
              maxLength={1000}
              autosize
              minRows={1}
              maxRows={6}
            />
            <Group gap="sm">
              <Button
                leftSection={<IconCheck size={16} aria-hidden="true" />}
                loading={busy}
                onClick={() => void decide(true)}
              >
                {t('approvals.approve')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconX size={16} aria-hidden="true" />}
                loading={busy}
                onClick={() => void decide(false)}
              >
                {t('approvals.refuse')}
              </Button>
            </Group>
          </>
        ) : (
          <Text size="sm" c="dimmed">
            {saidIn({ message: refusal, ...approval.refusalSaid }, i18n.language)}
          </Text>
        )}
      </Stack>
    </Paper>
  );
};
