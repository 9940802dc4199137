// Says that this editor is open, and hears who else has one open on the same net. Called by net-editor.tsx for who may write the net.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { netEditingLimits, type NetEditing } from '@nezuban/protocol/api/net-editing-operations';
import { useBackend } from '../../../app/backend.tsx';

/** `crypto.randomUUID` is there in secure contexts only. */
const newEditorId = (): string =>
  [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-');

export const useOtherEditors = (net: string, enabled: boolean): readonly NetEditing[] => {
  const { api } = useBackend();
  const [editor] = useState(newEditorId);
  const { data } = useQuery({
    queryKey: ['netEditingHold', net, editor],
    queryFn: ({ signal }) => api.call('holdNetEditing', { params: { name: net }, body: { editor } }, signal),
    enabled,
    refetchInterval: netEditingLimits.renewMs,
    refetchIntervalInBackground: true,
    retry: false,
    gcTime: 0,
  });
  useEffect(() => {
    if (!enabled) return undefined;
    return () => {
      // Nobody waits for it; a lost one runs out by itself.
      api.call('endNetEditing', { params: { name: net }, query: { editor } }).catch(() => undefined);
    };
  }, [api, net, editor, enabled]);
  return data?.others ?? [];
};
