// What comes from agents, handed to whoever it is for: attempts of sessions to the engine, those of watches of files to their start conditions.
// Called by the hub.
import { agentLinkFeatures } from '@nezuban/protocol/agent/link';
import type { AgentHubListener } from '../ports.ts';
import type { Engine } from './engine.ts';
import type { OutputStore } from './output-store.ts';
import type { Reconciliation } from './reconciliation.ts';
import { isWatchAttempt, type FileWatches } from './start-conditions/file-watches.ts';

export const createAgentListener = ({
  engine,
  reconciliation,
  fileWatches,
  output,
}: {
  readonly engine: Pick<Engine, 'connected' | 'removed' | 'receipts' | 'openAttempts'>;
  readonly reconciliation: Pick<
    Reconciliation,
    'connected' | 'disconnected' | 'removed' | 'reported' | 'receipts'
  >;
  readonly fileWatches: Pick<FileWatches, 'connected' | 'reported' | 'receipts' | 'output'>;
  readonly output: Pick<OutputStore, 'store'>;
}): AgentHubListener => ({
  connected(node) {
    engine.connected(node);
    reconciliation.connected(node);
    fileWatches.connected(node);
  },
  // Attempts stay as they are: the agent runs on and keeps its results for us.
  disconnected: (node) => reconciliation.disconnected(node),
  removed(node) {
    engine.removed(node);
    reconciliation.removed(node);
  },
  reported: (node, report) => reconciliation.reported(node, fileWatches.reported(node, report)),
  async receipts(node, all) {
    const receipts = fileWatches.receipts(node, all);
    if (receipts.length === 0) return;
    await engine.receipts({ node, receipts });
    reconciliation.receipts(node, receipts);
  },
  async output(node, chunks, features) {
    const ours = chunks.filter(({ attemptId }) => isWatchAttempt(attemptId));
    const theirs = chunks.filter(({ attemptId }) => !isWatchAttempt(attemptId));
    const taken = fileWatches.output(node, ours);
    if (theirs.length === 0) return taken;
    const knowsHeldBack = features.includes(agentLinkFeatures.packedOutput);
    return [...taken, ...(await output.store({ node, knowsHeldBack }, theirs))];
  },
  openAttempts: (node) => engine.openAttempts(node),
});
