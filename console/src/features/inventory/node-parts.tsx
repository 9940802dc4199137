// How the state of a node looks, and its removal. Shared by the list and the page of a node.
import './inventory.css';
import { Badge, List, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import { useBackend } from '../../app/backend.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { connectionStatus } from '../../components/status.ts';
import { useNow } from '../../components/ticker.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';

/** Certificates renew themselves; one that ends so soon has not. */
const certificateWarningMs = 7 * 86_400_000;

export const Connection = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  return (
    <span className="nz-states">
      <StatusBadge status={connectionStatus(node.connection)} plain />
      {node.connection === 'disconnected' && node.lastSeenAt !== null && (
        <Text size="xs" c="dimmed" component="span" className="nz-narrow">
          {t('nodes.lastSeen')} <RelativeTime at={node.lastSeenAt} />
        </Text>
      )}
    </span>
  );
};

export const Certificate = ({ node }: { readonly node: NodeView }) => {
  const { t } = useTranslation();
  const now = useNow(false);
  const soon = Date.parse(node.certificateExpiresAt) - now < certificateWarningMs;
  return (
    <>
      <Instant at={node.certificateExpiresAt} />{' '}
      {soon && (
        <Badge size="sm" color="yellow" variant="filled" miw="max-content">
          {t('nodes.certificateSoon')}
        </Badge>
      )}
    </>
  );
};

/** Asks with what is lost, then removes. Resolves to whether it is gone. */
export const useRemoveNode = (): {
  readonly busy: boolean;
  readonly remove: (node: NodeView) => Promise<boolean>;
} => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const remove = async (node: NodeView): Promise<boolean> => {
    const agreed = await confirm({
      title: t('nodes.remove.title', { node: node.name }),
      text: (
        <Stack gap="xs">
          <List size="sm" spacing={4}>
            <List.Item>{t('nodes.remove.certificate')}</List.Item>
            {node.runningAttempts > 0 && (
              <List.Item>
                {t(node.connection === 'connected' ? 'nodes.remove.refused' : 'nodes.remove.unknown', {
                  count: node.runningAttempts,
                })}
              </List.Item>
            )}
            {node.scopes.length > 0 && (
              <List.Item>{t('nodes.remove.scopes', { scopes: node.scopes.join(', ') })}</List.Item>
            )}
            <List.Item>{t('nodes.remove.targets')}</List.Item>
          </List>
          <Text size="sm">{t('nodes.remove.kept')}</Text>
        </Stack>
      ),
      confirmLabel: t('nodes.remove.action'),
      danger: true,
    });
    if (!agreed) return false;
    return await run(
      async () => {
        await api.call('removeNode', { params: { name: node.name } });
        await client.invalidateQueries({ queryKey: ['listNodes'] });
      },
      t('nodes.remove.done', { node: node.name }),
    );
  };
  return { busy, remove };
};
