// The revisions of a net, newest first: who, when, how and why. Two are chosen and compared; one is put into force again, now or at a date.
import { Anchor, Button, Checkbox, Group, Menu, Paper, Text } from '@mantine/core';
import { IconArrowsDiff, IconCalendarPlus, IconDots, IconRestore } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetRevisionSummary } from '@nezuban/protocol/jobs/net-version';
import { revisionsPageSize } from '../../../api/net-version-queries.ts';
import { useBackend } from '../../../app/backend.tsx';
import { useMayOnNet } from '../../../app/use-may.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { QueryList } from '../../../components/query-list.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import type { Status } from '../../../components/status.ts';
import { Instant, RelativeTime } from '../../../components/times.tsx';
import { ChangeDialog, type ChangeRequest } from './change-dialog.tsx';

type Props = {
  readonly net: string;
  readonly onCompare: (from: number, to: number) => void;
};

export const RevisionList = ({ net, onCompare }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [request, setRequest] = useState<ChangeRequest | null>(null);
  // A third choice takes the place of the first one.
  const choose = (revision: number) =>
    setChosen(
      chosen.includes(revision)
        ? chosen.filter((each) => each !== revision)
        : [...chosen, revision].slice(-2),
    );
  const [first, second] = chosen.toSorted((a, b) => a - b);
  return (
    <div>
      <Group justify="space-between" mb="xs" gap="xs">
        <Text component="h2" fw={700}>
          {t('netVersions.revisions')}
        </Text>
        <Group gap="xs">
          <Text size="sm" c="dimmed" role="status">
            {t('netVersions.chosen', { count: chosen.length })}
          </Text>
          <Button
            size="xs"
            leftSection={<IconArrowsDiff size={15} aria-hidden="true" />}
            disabled={first === undefined || second === undefined}
            onClick={() => first !== undefined && second !== undefined && onCompare(first, second)}
          >
            {t('netVersions.compare')}
          </Button>
        </Group>
      </Group>
      <QueryList
        options={queries.netRevisions(net)}
        empty={<EmptyState icon={<IconRestore />} title={t('netVersions.none')} text="" />}
      >
        {({ items, loadMore, footer }) => (
          <>
            <Paper withBorder>
              {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens */}
              <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={t('netVersions.revisions')}>
                <table className="nz-table">
                  <thead>
                    <tr>
                      <th scope="col">{t('netVersions.columns.choose')}</th>
                      <th scope="col">{t('netVersions.columns.revision')}</th>
                      <th scope="col">{t('netVersions.columns.when')}</th>
                      <th scope="col">{t('netVersions.columns.by')}</th>
                      <th scope="col">{t('netVersions.columns.how')}</th>
                      <th scope="col">{t('netVersions.columns.reason')}</th>
                      <th scope="col">{t('netVersions.columns.actions')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((revision) => (
                      <Row
                        key={revision.revision}
                        revision={revision}
                        isChosen={chosen.includes(revision.revision)}
                        onChoose={() => choose(revision.revision)}
                        onRequest={setRequest}
                      />
                    ))}
                  </tbody>
                </table>
              </div>
            </Paper>
            {items.length % revisionsPageSize === 0 && (
              <Button variant="subtle" size="xs" onClick={loadMore}>
                {t('netVersions.more')}
              </Button>
            )}
            {footer}
          </>
        )}
      </QueryList>
      <ChangeDialog net={net} request={request} onClose={() => setRequest(null)} />
    </div>
  );
};

const inForce: Status = { tone: 'normal', icon: 'normal', label: 'netVersions.inForce' };
const prepared: Status = { tone: 'neutral', icon: 'waiting', label: 'netVersions.prepared' };

type RowProps = {
  readonly revision: NetRevisionSummary;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onRequest: (request: ChangeRequest) => void;
};

const Row = ({ revision, isChosen, onChoose, onRequest }: RowProps) => {
  const { t } = useTranslation();
  const mayWrite = useMayOnNet('nets.write', revision.net);
  const { revision: number, deleted, fromRevision } = revision;
  return (
    <tr data-chosen={isChosen || undefined}>
      <td>
        <Checkbox
          checked={isChosen}
          onChange={onChoose}
          aria-label={t('netVersions.choose', { revision: number })}
        />
      </td>
      <td>
        <Group gap="xs" wrap="nowrap">
          <Anchor
            size="sm"
            className="nz-tabular"
            renderRoot={(props: object) => (
              <Link
                to="/net/$name"
                params={{ name: revision.net }}
                search={{ tab: 'versions', rev: number }}
                {...props}
              />
            )}
          >
            {number}
          </Anchor>
          {revision.inForce && <StatusBadge status={inForce} />}
          {revision.kind === 'prepare' && <StatusBadge status={prepared} />}
        </Group>
      </td>
      <td>
        <Instant at={revision.createdAt} />{' '}
        <Text span size="sm" c="dimmed">
          (<RelativeTime at={revision.createdAt} />)
        </Text>
      </td>
      <td>{revision.createdBy}</td>
      <td>
        {fromRevision === null
          ? t(`netVersions.kind.${revision.kind}`)
          : t('netVersions.kindOf', { kind: t(`netVersions.kind.${revision.kind}`), revision: fromRevision })}
      </td>
      <td className="nz-version-reason">
        {revision.reason ?? '–'}
        {deleted !== null && (
          <Text size="sm" c="dimmed">
            {t('netVersions.deleted', { by: deleted.by, reason: deleted.reason ?? '–' })}{' '}
            <Instant at={deleted.at} />
          </Text>
        )}
      </td>
      <td>
        {mayWrite && !revision.inForce && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t('netVersions.actionsOf', { revision: number })}
              >
                <IconDots size={14} aria-hidden="true" />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconRestore size={15} aria-hidden="true" />}
                onClick={() => onRequest({ type: 'restore', revision: number })}
              >
                {t('netVersions.restore.action')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconCalendarPlus size={15} aria-hidden="true" />}
                onClick={() => onRequest({ type: 'release', revision: number })}
              >
                {t('netVersions.release.action')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </td>
    </tr>
  );
};
