// What may be meant by a field that names something: nodes and scopes that the user may see, units beside the one that is edited, parameters of the net.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useBackend } from '../../../../app/backend.tsx';
import { useMay } from '../../../../app/use-may.ts';
import { childrenAt, parentOf } from '../model/draft-net.ts';
import type { Editor } from '../use-editor.ts';

/** More would be no help to choose from. */
const offeredMax = 300;

export const useTargetNames = (
  editor: Editor,
  path: string | null,
): Readonly<Record<string, readonly string[]>> => {
  const { queries } = useBackend();
  const { data: nodes } = useInfiniteQuery({ ...queries.nodes(), enabled: useMay('nodes.read') });
  const { data: scopes } = useInfiniteQuery({ ...queries.scopes(), enabled: useMay('nodes.read') });
  const { net } = editor.state;
  return useMemo(() => {
    const siblings = path === null ? [] : (childrenAt(net, parentOf(path)) ?? []);
    const { parameters } = net;
    return {
      node: (nodes?.pages ?? []).flatMap(({ items }) => items.map(({ name }) => name)).slice(0, offeredMax),
      scope: (scopes?.pages ?? []).flatMap(({ items }) => items.map(({ name }) => name)).slice(0, offeredMax),
      unit: siblings.map(({ name }) => name).slice(0, offeredMax),
      parameter: (Array.isArray(parameters) ? parameters : []).flatMap((each: { readonly name?: unknown }) =>
        typeof each.name === 'string' ? [each.name] : [],
      ),
    };
  }, [nodes, scopes, net, path]);
};
