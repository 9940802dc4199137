// Says of running units that their agents are silent. Pure. Called by the routes of sessions: nothing of it is stored, it is over when the agent is back.
import type { SessionDetail } from '@nezuban/protocol/jobs/session';

/** `silentSince`: null for an agent that is not silent. */
export const withSilentAgents = (
  detail: SessionDetail,
  silentSince: (node: string) => Date | null,
): SessionDetail => ({
  ...detail,
  units: detail.units.map((unit) => {
    if (unit.reason !== null || (unit.state !== 'running' && unit.state !== 'stopping')) return unit;
    const silent = unit.attempts
      .filter(({ state }) => state === 'accepted' || state === 'running')
      .map(({ node }) => ({ node, since: silentSince(node) }))
      .find(({ since }) => since !== null);
    if (silent === undefined) return unit;
    const { node, since } = silent;
    return {
      ...unit,
      reason: `The agent of "${node}" has been silent since ${since?.toISOString() ?? ''}; what became of it is known when it is back.`,
    };
  }),
});
