// What is special about a user, as badges.
import { Badge, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UserView } from '@nezuban/protocol/access/views';
import { useNow } from '../../components/ticker.tsx';

export const isLocked = (user: UserView, now: number): boolean =>
  user.lockedUntil !== null && Date.parse(user.lockedUntil) > now;

export const UserState = ({ user }: { readonly user: UserView }) => {
  const { t } = useTranslation();
  const now = useNow(user.lockedUntil !== null);
  return (
    <Group gap={4}>
      {user.disabled && (
        <Badge size="sm" color="gray" variant="light" miw="max-content">
          {t('admin.users.disabled')}
        </Badge>
      )}
      {isLocked(user, now) && (
        <Badge size="sm" color="yellow" variant="filled" miw="max-content">
          {t('admin.users.locked')}
        </Badge>
      )}
      {user.mustChangePassword && (
        <Badge size="sm" color="blue" variant="light" miw="max-content">
          {t('admin.users.oneTime')}
        </Badge>
      )}
    </Group>
  );
};
