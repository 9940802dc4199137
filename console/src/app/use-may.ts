// What the signed-in user may do, so that a page does not offer what would be refused. It hides and explains; the manager decides.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { createPermissions } from '@nezuban/core/access/permissions';
import type { Right } from '@nezuban/protocol/access/rights';
import { useBackend } from './backend.tsx';

/** Whether the right is held anywhere. Where it is limited to folders or scopes, the manager may still refuse at a place. */
export const useMay = (right: Right): boolean => {
  const { queries } = useBackend();
  const { data: me } = useQuery(queries.me());
  return me?.rights.includes(right) ?? false;
};

/** Whether the right is held on this very job net. */
export const useMayOnNet = (right: Right, net: string): boolean => {
  const { queries } = useBackend();
  const { data: me } = useQuery(queries.me());
  const permissions = useMemo(
    () => (me === undefined || me === null ? null : createPermissions(me.grants, me.limits)),
    [me],
  );
  return permissions?.onNet(right, net) ?? false;
};
