// Who edits a net just now, as a badge for lists and headings, and as a banner in the editor. Called by the list of nets, the net's page and the editor.
import { Alert, Badge } from '@mantine/core';
import { IconPencil, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { NetEditing } from '@nezuban/protocol/api/net-editing-operations';
import { useBackend } from '../../../app/backend.tsx';
import { useFormat } from '../../../components/use-format.ts';

export const EditingBadge = ({ net }: { readonly net: string }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const { data } = useQuery(queries.netEditing());
  const editors = data?.items.filter((each) => each.net === net) ?? [];
  if (editors.length === 0) return null;
  return (
    <Badge size="sm" variant="light" color="yellow" leftSection={<IconPencil size={12} aria-hidden="true" />}>
      {t('editor.presence.badge', { users: format.list(editors.map(({ user }) => user)) })}
    </Badge>
  );
};

export const EditingBanner = ({
  others,
  user,
}: {
  readonly others: readonly NetEditing[];
  readonly user: string;
}) => {
  const { t } = useTranslation();
  const format = useFormat();
  if (others.length === 0) return null;
  const own = others.filter((other) => other.user === user);
  const [first] = own;
  const names = [
    // Whoever has several windows open wants to know that, not each of them.
    ...(first === undefined
      ? []
      : [t('editor.presence.self', { count: own.length, time: format.instant(first.since) })]),
    ...others
      .filter((other) => other.user !== user)
      .map((other) => t('editor.presence.since', { user: other.user, time: format.instant(other.since) })),
  ];
  return (
    <Alert color="yellow" icon={<IconUsers aria-hidden="true" />} p="xs" role="status">
      {t('editor.presence.banner', { users: format.list([...new Set(names)]) })}
    </Alert>
  );
};
