// A switch that this page has asked for, until it is known what became of it. The answer may be lost with the old master: what counts is
// who serves (pair-view.ts). Called by the page; shown by switch-notice.tsx.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { isRetryable } from '../../api/api-problem.ts';
import { useBackend } from '../../app/backend.tsx';
import { describeError } from '../../components/describe-error.ts';
import type { SwitchOrder } from './pair-view.ts';

export type NamedSwitch = SwitchOrder & { readonly targetName: string };

export type Switching = {
  readonly order: NamedSwitch | null;
  /** Why it was refused, as the pair says it. */
  readonly refusal: string | null;
  readonly begin: (
    status: PairStatus,
    hosts: { readonly from: PairHost; readonly to: PairHost },
  ) => Promise<void>;
  readonly dismiss: () => void;
};

export const useSwitchOrder = (): Switching => {
  const { t, i18n } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [order, setOrder] = useState<NamedSwitch | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const begin = useCallback<Switching['begin']>(
    async (status, { from, to }) => {
      setRefusal(null);
      setOrder({
        target: to.id,
        targetName: to.name,
        from: from.id,
        startedAt: Date.now(),
        termBefore: status.history[0]?.term ?? 0,
      });
      try {
        const result = await api.call('commandPair', { body: { host: null, command: { do: 'switch' } } });
        if (!result.ok) setRefusal(result.says);
      } catch (error) {
        if (isRetryable(error)) return;
        const { title, detail } = describeError(t, error, i18n.language);
        setRefusal(detail ?? title);
      } finally {
        void client.invalidateQueries({ queryKey: ['pair'] });
      }
    },
    [api, client, t, i18n.language],
  );
  const dismiss = useCallback(() => {
    setOrder(null);
    setRefusal(null);
  }, []);
  return { order, refusal, begin, dismiss };
};
