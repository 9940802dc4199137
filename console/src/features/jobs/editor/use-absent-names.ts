// Names in the draft of what is not there (nodes, scopes, queues, secrets, channels, job nets, users, roles), as applying it would tell: a dry run
// of the whole, asked a while after the last change and once for each text. They warn, and keep nobody from saving, since they may come later.
// Called by use-editor.ts.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { useBackend } from '../../../app/backend.tsx';
import { walkUnits, type DraftNet } from './model/draft-net.ts';
import { textOfDraft } from './model/net-text.ts';

/** Longer than between two keys: each change of a large net costs the manager a reading of all of it. */
const askDelayMs = 1_500;

/** `kind` and `name` of what is not there; `unit`: the first that names it, null: the net itself. */
export type AbsentName = { readonly kind: string; readonly name: string; readonly unit: string | null };

const none: readonly AbsentName[] = [];

/** `right`: the draft has no problems; one that has is not asked about. */
export const useAbsentNames = (net: DraftNet, right: boolean): readonly AbsentName[] => {
  const { api } = useBackend();
  const [settled] = useDebouncedValue(right ? net : null, askDelayMs);
  // What is typed on meanwhile is asked about later, and the answer of before stands until then.
  const text = useMemo(() => (settled === null ? null : textOfDraft(settled)), [settled]);
  const { data } = useQuery({
    queryKey: ['absentNames', text],
    queryFn: async ({ signal }) =>
      await api.call('applyDefinitions', { query: { dry_run: 'true' }, body: text ?? '' }, signal),
    enabled: text !== null,
    // Whoever may not save it, or whose text the manager refuses, hears so when he saves.
    retry: false,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 0,
  });
  return useMemo(() => {
    const absent = data?.changes.flatMap((change) => change.absent ?? []) ?? [];
    if (absent.length === 0 || settled === null) return none;
    return absent.flatMap((each) => {
      const [, kind, name] = /^(.+?) "(.*)"$/su.exec(each) ?? [];
      return kind === undefined || name === undefined
        ? []
        : [{ kind, name, unit: firstNaming(settled, name) }];
    });
  }, [data, settled]);
};

const firstNaming = (net: DraftNet, name: string): string | null => {
  const quoted = JSON.stringify(name);
  const place = `secret.${name}`;
  for (const { path, unit } of walkUnits(net)) {
    const { units: _inside, after: _after, name: _name, position: _position, ...own } = unit;
    const text = JSON.stringify(own);
    if (text.includes(quoted) || text.includes(place)) return path;
  }
  return null;
};
