// A small mark beside a net, node or session that something keeps from starting. Nothing where nothing does.
import { VisuallyHidden } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { FreezeView } from '@nezuban/protocol/api/operate-operations';
import { useBackend } from '../../app/backend.tsx';
import { useFormat } from '../../components/use-format.ts';
import { freezesOfNet, freezesOfNode, placeText } from './place-text.ts';
import './operations.css';

const FrozenBadge = ({ freezes }: { readonly freezes: readonly FreezeView[] }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const [first] = freezes;
  if (first === undefined) return null;
  const hint = freezes
    .map(({ place, by, since, reason }) =>
      t('operate.badge.hint', { place: placeText(t, place), by, since: format.instant(since), reason }),
    )
    .join('\n');
  return (
    <span className="nz-frozen-badge" title={hint}>
      <IconSnowflake size={13} aria-hidden="true" />
      {t('operate.badge.frozen')}
      <VisuallyHidden>{hint}</VisuallyHidden>
    </span>
  );
};

const useFrozen = (): readonly FreezeView[] => {
  const { queries } = useBackend();
  return useQuery(queries.frozen()).data?.frozen ?? [];
};

export const NetFrozenBadge = ({ net }: { readonly net: string }) => (
  <FrozenBadge freezes={freezesOfNet(useFrozen(), net)} />
);

export const NodeFrozenBadge = ({
  node,
}: {
  readonly node: { readonly name: string; readonly scopes: readonly string[] };
}) => <FrozenBadge freezes={freezesOfNode(useFrozen(), node)} />;
