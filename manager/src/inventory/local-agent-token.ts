// The join token of the agent on the manager's own host.
// Responsible for putting one where that agent looks for it, as long as the node `local` has not connected yet. Called at start.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from '../database/database.ts';
import { removePrivateFile, writePrivateFile } from '../files/private-file.ts';
import { inventoryLimits } from './inventory-limits.ts';
import { makeJoinToken } from './inventory-routes.ts';
import { deleteUnusedTokensOf } from './join-token-store.ts';
import { deleteNode } from './node-store.ts';
import type { NodeRegistry } from './node-registry.ts';

export const localNodeName = 'local';
const CREATED_BY = 'manager (local agent)';

export type LocalAgentTokenPorts = {
  readonly database: Database;
  readonly registry: NodeRegistry;
  readonly fingerprint: string;
};

export const provideLocalAgentToken = async (
  { database, registry, fingerprint }: LocalAgentTokenPorts,
  file: string,
): Promise<void> => {
  const node = registry.nodes().get(localNodeName);
  if (node !== undefined && node.last_seen_at !== null) {
    await removePrivateFile(file);
    return;
  }
  const token = await database.inTransaction(async (transaction) => {
    // Enrolled, but the answer never arrived: nobody holds that identity.
    if (node !== undefined) await deleteNode(transaction, node.id);
    await deleteUnusedTokensOf(transaction, CREATED_BY);
    return await makeJoinToken(transaction, {
      createdBy: CREATED_BY,
      lifeMs: inventoryLimits.localJoinTokenLifeMs,
      fingerprint,
    });
  });
  if (node !== undefined) registry.removeNode(localNodeName);
  await writePrivateFile(file, `${token.token}\n`, await ownerOf(path.dirname(file)));
};

/** As root the file goes to whoever owns the folder, which is who the agent runs as. */
const ownerOf = async (
  folder: string,
): Promise<{ readonly owner?: { readonly uid: number; readonly gid: number } }> => {
  if (process.getuid?.() !== 0) return {};
  const { uid, gid } = await stat(folder);
  return { owner: { uid, gid } };
};
