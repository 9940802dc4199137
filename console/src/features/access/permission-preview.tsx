// "What may this user do here?": the grants of his roles put together by the same rules as at the manager, everywhere or at one place.
import { Group, SegmentedControl, SimpleGrid, Text } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createPermissions, type Permissions } from '@nezuban/core/access/permissions';
import { rightPlaces, type Right } from '@nezuban/protocol/access/rights';
import type { ScopeView } from '@nezuban/protocol/inventory/node';
import { useBackend } from '../../app/backend.tsx';
import { Section } from '../../components/section.tsx';
import { PlacePicker } from './place-picker.tsx';
import { areas, rightsOfArea } from './right-text.ts';

type Place = 'all' | 'folder' | 'scope';
/** `some`: in places, but not everywhere. */
type Answer = 'yes' | 'some' | 'no';

export const PermissionPreview = ({ roles }: { readonly roles: readonly string[] }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: views } = useQuery(queries.roles());
  const scopes = useInfiniteQuery(queries.scopes());
  const [place, setPlace] = useState<Place>('all');
  const [at, setAt] = useState('');
  const permissions = useMemo(
    () =>
      createPermissions(
        (views ?? []).filter(({ role }) => roles.includes(role.name)).flatMap(({ role }) => role.grants),
      ),
    [views, roles],
  );
  const known = scopes.data?.pages.flatMap((page) => page.items) ?? [];
  const answerOf = (right: Right): Answer =>
    answer(permissions, right, { place, at: at.trim(), scopes: known });
  const shown = areas.flatMap((area) =>
    rightsOfArea(area).filter((right) => place === 'all' || at.trim() === '' || rightPlaces[right] === place),
  );
  return (
    <Section title={t('admin.preview.title')} text={t('admin.preview.text')}>
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          size="xs"
          aria-label={t('admin.grant.where')}
          value={place}
          onChange={(next: Place) => {
            setPlace(next);
            setAt('');
          }}
          data={[
            { value: 'all', label: t('admin.preview.anywhere') },
            { value: 'folder', label: t('admin.preview.net') },
            { value: 'scope', label: t('admin.preview.scope') },
          ]}
        />
        {place !== 'all' && <PlacePicker kind={place} value={at} onChange={setAt} />}
      </Group>
      <SimpleGrid component="ul" className="nz-plain-list" cols={{ base: 1, sm: 2, lg: 3 }} spacing={6}>
        {shown.map((right) => {
          const result = answerOf(right);
          return (
            <li key={right} className="nz-may" data-may={result}>
              {result === 'no' ? (
                <IconMinus size={15} aria-hidden="true" />
              ) : (
                <IconCheck size={15} aria-hidden="true" />
              )}
              <span>
                {t(`rights.${right}.name`)}
                <Text span size="xs" c="dimmed">
                  {' '}
                  {t(`admin.preview.${result}`)}
                </Text>
              </span>
            </li>
          );
        })}
      </SimpleGrid>
    </Section>
  );
};

type Where = { readonly place: Place; readonly at: string; readonly scopes: readonly ScopeView[] };

const answer = (permissions: Permissions, right: Right, { place, at, scopes }: Where): Answer => {
  if (place === 'all' || at === '')
    return permissions.everywhere(right) ? 'yes' : permissions.holds(right) ? 'some' : 'no';
  const held =
    place === 'folder'
      ? permissions.onNet(right, at)
      : permissions.onScopes(right, new Set([at, ...parentsOf(scopes, at)]));
  return held ? 'yes' : 'no';
};

const parentsOf = (scopes: readonly ScopeView[], name: string): readonly string[] => {
  const parents: string[] = [];
  let parent = scopes.find((scope) => scope.name === name)?.parent ?? null;
  // The tree is at most as deep as it has scopes.
  while (parent !== null && parents.length < scopes.length) {
    const current: string = parent;
    parents.push(current);
    parent = scopes.find((scope) => scope.name === current)?.parent ?? null;
  }
  return parents;
};
