// Who has a job net open in an editor, so that two people do not work against each other unawares. In memory alone: after a switch each editor
// says so again within seconds. Responsible for the leases and the routes; nothing is locked and nothing is stored, so nothing is audited.
// Called by jobs.ts.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { formatInstant, type Clock } from '@nezuban/platform/clock';
import { netEditingLimits, type NetEditing } from '@nezuban/protocol/api/net-editing-operations';
import type { Handlers, RequestActor } from '../ports.ts';

export const netEditingBounds = {
  /** Editors in all; beyond, the longest silent one is forgotten. */
  leasesMax: 5_000,
  /** Editors of one user, so that no client fills the table alone. */
  perUserMax: 50,
} as const;

type Lease = {
  readonly editor: string;
  readonly user: string;
  readonly net: NetEditing['net'];
  readonly since: Temporal.Instant;
  readonly untilMs: number;
};
export type NetEditingHandlers = Pick<Handlers, 'listNetEditing' | 'holdNetEditing' | 'endNetEditing'>;

export const createNetEditing = ({ clock }: { readonly clock: Clock }): NetEditingHandlers => {
  /** By user, editor and net; the longest silent first, as a map keeps the order in which keys were set. */
  const leases = new Map<string, Lease>();
  const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);

  const open = (): readonly Lease[] => {
    const now = clock.monotonicMs();
    for (const [key, { untilMs }] of leases) {
      if (untilMs > now) break;
      leases.delete(key);
    }
    return [...leases.values()];
  };
  const makeRoom = (user: string): void => {
    const own = [...leases].filter(([, lease]) => lease.user === user);
    const [silent] = own.length >= netEditingBounds.perUserMax ? own : leases;
    if (
      silent !== undefined &&
      (own.length >= netEditingBounds.perUserMax || leases.size >= netEditingBounds.leasesMax)
    )
      leases.delete(silent[0]);
  };
  const view = ({ net, user, since }: Lease): NetEditing => ({ net, user, since: formatInstant(since) });
  const sayNoNet = (net: string): Said => say('problem_there_is_no_job_net', { net });
  const require = (net: string, { permissions }: RequestActor): void =>
    permissions.requireOnNet('nets.write', net, sayNoNet(net));

  return {
    async listNetEditing({ actor }) {
      const seen = new Map<string, NetEditing>();
      for (const lease of open()) {
        const key = keyOf(lease.net, lease.user);
        const known = seen.get(key);
        const since = view(lease);
        if (
          actor.permissions.onNet('nets.read', lease.net) &&
          (known === undefined || since.since < known.since)
        )
          seen.set(key, since);
      }
      return { body: { items: [...seen.values()] } };
    },
    async holdNetEditing({ params: { name: net }, body: { editor }, actor }) {
      require(net, actor);
      const all = open();
      const user = actor.name;
      const key = keyOf(user, editor, net);
      const since = leases.get(key)?.since ?? clock.now();
      leases.delete(key);
      makeRoom(user);
      leases.set(key, { editor, user, net, since, untilMs: clock.monotonicMs() + netEditingLimits.leaseMs });
      const others = all.filter(
        (lease) => lease.net === net && (lease.user !== user || lease.editor !== editor),
      );
      return { body: { others: others.map(view) } };
    },
    async endNetEditing({ params: { name: net }, query: { editor }, actor }) {
      require(net, actor);
      leases.delete(keyOf(actor.name, editor, net));
      return { body: undefined };
    },
  };
};
