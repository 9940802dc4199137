// What people have left behind, starts of job nets, planned releases and prepared starts, that a change of a user or a role would stop or let go on:
// before it is saved. Called by the forms of users and roles, and by the deletion of a user.
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import {
  orderTurns,
  type AccessChange,
  type OrdersOutlook,
  type StandingOrder,
} from '@nezuban/protocol/access/outlook';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { OutlookList, OutlookPending, useRested } from '../../components/outlook-frame.tsx';
import { Instant } from '../../components/times.tsx';

/** `change` null: there is none, or it cannot be saved. `isShown`: it may be saved now. */
export const useOrderOutlook = (change: AccessChange | null) => {
  const { queries } = useBackend();
  const { asked, isRested } = useRested(change);
  const { data, error, isFetching } = useQuery(queries.accessOutlook(asked));
  const isShown = change === null || (isRested && !isFetching && (data !== undefined || error !== null));
  return { isShown, data: change === null ? undefined : data, error: change === null ? null : error };
};

export const OrderOutlook = ({ isShown, data, error }: ReturnType<typeof useOrderOutlook>) => {
  if (!isShown) return <OutlookPending />;
  if (error !== null) return <FormError error={error} />;
  return data === undefined ? null : <OrderLists outlook={data} />;
};

export const OrderLists = ({ outlook }: { readonly outlook: OrdersOutlook }) => {
  const { t } = useTranslation();
  const { items, counts, hidden } = outlook;
  return (
    <Stack gap="xs">
      {orderTurns.map((turn) => {
        const shown = items.filter(({ becomes }) => becomes === turn);
        return counts[turn] === 0 ? null : (
          <OutlookList
            key={turn}
            color={turn === 'refused' ? 'orange' : 'gray'}
            title={t(`admin.outlook.${turn}`, { count: counts[turn] })}
            lines={shown.map((order, index) => ({
              key: `${index} ${order.net}`,
              text: <OrderText order={order} />,
            }))}
            more={counts[turn] - shown.length}
          />
        );
      })}
      {hidden > 0 && (
        <Text size="sm" c="dimmed">
          {t('outlook.hidden', { count: hidden })}
        </Text>
      )}
    </Stack>
  );
};

const OrderText = ({ order }: { readonly order: StandingOrder }) => {
  const { t } = useTranslation();
  const { author, net } = order;
  if (order.what === 'start') {
    const { other, units, unitCount } = order;
    const named = units.join(', ');
    const more = unitCount - units.length;
    return t('admin.outlook.start', { author, net, other, units: more > 0 ? `${named} (+${more})` : named });
  }
  return (
    <>
      {order.what === 'release'
        ? t('admin.outlook.release', { author, net, revision: order.revision })
        : t('admin.outlook.preparation', { author, net, schedule: order.schedule })}{' '}
      (<Instant at={order.at} />)
    </>
  );
};
