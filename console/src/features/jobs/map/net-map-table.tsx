// The map of nets as a list: one row a relation. Says the same as the picture, for those who read rather than look.
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetMap, NetMapRelation } from '@nezuban/protocol/jobs/net-relation';
import { defineColumns } from '../../../components/data-columns.ts';
import { DataTable } from '../../../components/data-table.tsx';
import { unitNames } from './units-text.ts';

export const NetMapTable = ({ map }: { readonly map: NetMap }) => {
  const { t } = useTranslation();
  const missing = useMemo(
    () => new Set(map.nets.flatMap(({ name, exists }) => (exists ? [] : [name]))),
    [map.nets],
  );
  const columns = useMemo(() => {
    const netLink = (name: string) =>
      missing.has(name) ? (
        `${name} (${t('netMap.missing')})`
      ) : (
        <Anchor
          size="sm"
          renderRoot={(props: object) => <Link to="/net/$name" params={{ name }} {...props} />}
        >
          {name}
        </Anchor>
      );
    return defineColumns<NetMapRelation>([
      { id: 'net', header: t('netMap.columns.net'), cell: ({ net }) => netLink(net) },
      { id: 'kind', header: t('netMap.columns.kind'), cell: ({ kind }) => t(`netMap.kind.${kind}`) },
      { id: 'other', header: t('netMap.columns.other'), cell: ({ other }) => netLink(other) },
      {
        id: 'units',
        header: t('netMap.columns.units'),
        wide: true,
        cell: (relation) => (relation.units.length === 0 ? '–' : unitNames(t, relation)),
      },
    ]);
  }, [t, missing]);
  return (
    <DataTable
      label={t('netMap.title')}
      items={map.relations}
      columns={columns}
      keyOf={({ net, kind, other }) => `${net} ${kind} ${other}`}
    />
  );
};
