// All nodes and scopes in memory, as last committed.
// Responsible for what the engine plans with and for the views of the API. The manager is the only writer, so memory and database agree;
// changes come here after their commit. Synchronous.
import type { AgentConnection, NodeView, ScopeView } from '@nezuban/protocol/inventory/node';
import type { InventorySnapshot, ScopePlaces } from '../ports.ts';
import { judgeAgentRelease, managerRelease, type ProtocolRange } from './agent-support.ts';
import type { NodeRow } from './node-store.ts';
import type { ScopeRow, StoredScope } from './scope-store.ts';

export type NodeRegistry = {
  /** The live view: it changes with the nodes, between one turn of the event loop and the next. */
  readonly snapshot: () => InventorySnapshot;
  readonly nodes: () => ReadonlyMap<string, NodeRow>;
  readonly scopes: () => ReadonlyMap<string, StoredScope>;
  readonly places: ScopePlaces;
  /** Rises whenever names, addresses or scopes of nodes have changed. */
  readonly version: () => number;
  load(nodes: readonly NodeRow[], scopes: readonly StoredScope[]): void;
  putNode(node: NodeRow): void;
  /** Changes fields of a node that is there. */
  patchNode(name: string, change: Partial<NodeRow>): void;
  removeNode(name: string): void;
  setConnected(name: string, connected: boolean): void;
  isConnected(name: string): boolean;
  connectionOf(node: NodeRow): AgentConnection;
  putScope(scope: StoredScope): void;
  removeScope(name: string): void;
  nodeView(name: string, runningAttempts: number): NodeView | null;
  scopeView(name: string): ScopeView | null;
};

/** `release`: of this manager, beside which those of the agents are judged. */
export const createNodeRegistry = (release: string): NodeRegistry => {
  const own = managerRelease(release);
  const nodes = new Map<string, NodeRow>();
  const scopes = new Map<string, StoredScope>();
  const connected = new Map<string, { readonly connected: boolean }>();
  let expanded: ReadonlyMap<string, readonly string[]> | undefined;
  /** What permissions ask for each object: the same map seen from the nodes. */
  let scopesByNode: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  let version = 0;
  const changed = (): void => {
    version += 1;
    expanded = undefined;
    scopesByNode = undefined;
  };

  const scopesOf = (name: string): string[] =>
    [...scopes.values()]
      .filter((scope) => scope.nodes.includes(name))
      .map((scope) => scope.name)
      .sort();

  const connectionOf = (node: NodeRow): AgentConnection =>
    connected.get(node.name)?.connected === true
      ? 'connected'
      : node.last_seen_at === null
        ? 'never'
        : 'disconnected';

  return {
    snapshot: () => ({ nodes: connected, scopes: (expanded ??= expandScopes(scopes)) }),
    places: {
      nodes: () => [...nodes.keys()],
      scopesOfNode: (node) =>
        (scopesByNode ??= invertScopes((expanded ??= expandScopes(scopes)))).get(node) ?? noScopes,
      withParents: (scope) => new Set(parentsOf(scope, scopes)),
    },
    version: () => version,
    nodes: () => nodes,
    scopes: () => scopes,
    load(nodeRows, scopeRows) {
      for (const row of nodeRows) {
        nodes.set(row.name, row);
        connected.set(row.name, { connected: false });
      }
      for (const row of scopeRows) scopes.set(row.name, row);
      changed();
    },
    putNode(node) {
      nodes.set(node.name, node);
      version += 1;
      connected.set(node.name, { connected: connected.get(node.name)?.connected ?? false });
    },
    patchNode(name, change) {
      const node = nodes.get(name);
      if (node === undefined) return;
      const patched = { ...node, ...change };
      if (patched.hostname !== node.hostname || patched.address !== node.address) version += 1;
      nodes.set(name, patched);
    },
    removeNode(name) {
      nodes.delete(name);
      connected.delete(name);
      for (const [key, scope] of scopes) {
        if (scope.nodes.includes(name))
          scopes.set(key, { ...scope, nodes: scope.nodes.filter((node) => node !== name) });
      }
      changed();
    },
    setConnected(name, value) {
      if (nodes.has(name)) connected.set(name, { connected: value });
    },
    isConnected: (name) => connected.get(name)?.connected ?? false,
    connectionOf,
    putScope(scope) {
      scopes.set(scope.name, scope);
      changed();
    },
    removeScope(name) {
      scopes.delete(name);
      changed();
    },
    nodeView(name, runningAttempts) {
      const node = nodes.get(name);
      if (node === undefined) return null;
      return {
        name,
        agentId: node.agent_id,
        connection: connectionOf(node),
        hostname: node.hostname,
        platform: node.platform,
        agentVersion: node.agent_version,
        agentSupport: judgeAgentRelease({ version: node.agent_version, protocol: protocolOf(node) }, own),
        address: node.address,
        joinedAt: node.joined_at.toISOString(),
        lastSeenAt: node.last_seen_at?.toISOString() ?? null,
        certificateExpiresAt: node.certificate_expires_at.toISOString(),
        runningAttempts,
        scopes: scopesOf(name),
      };
    },
    scopeView(name) {
      const scope = scopes.get(name);
      return scope === undefined ? null : toScopeView(scope);
    },
  };
};

export const toScopeView = (scope: StoredScope): ScopeView => ({
  name: scope.name,
  title: scope.title,
  parent: scope.parent,
  nodes: [...scope.nodes],
  revision: scope.revision,
  updatedAt: scope.updated_at.toISOString(),
  updatedBy: scope.updated_by,
});

const protocolOf = ({ agent_protocol_min: min, agent_protocol_max: max }: NodeRow): ProtocolRange | null =>
  min === null || max === null ? null : { min, max };

/** Node names of each scope with those of the scopes below it. Pure. */
export const expandScopes = (
  scopes: ReadonlyMap<string, ScopeRow>,
): ReadonlyMap<string, readonly string[]> => {
  const gathered = new Map<string, Set<string>>([...scopes.keys()].map((name) => [name, new Set()]));
  for (const scope of scopes.values()) {
    const seen = new Set<string>();
    let at: ScopeRow | undefined = scope;
    while (at !== undefined && !seen.has(at.name)) {
      seen.add(at.name);
      for (const node of scope.nodes) gathered.get(at.name)?.add(node);
      at = at.parent === null ? undefined : scopes.get(at.parent);
    }
  }
  return new Map([...gathered].map(([name, nodes]) => [name, [...nodes].sort()]));
};

const noScopes: ReadonlySet<string> = new Set();

/** Pure. */
const invertScopes = (
  expanded: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<string>> => {
  const byNode = new Map<string, Set<string>>();
  for (const [scope, nodes] of expanded)
    for (const node of nodes) {
      const known = byNode.get(node);
      if (known === undefined) byNode.set(node, new Set([scope]));
      else known.add(scope);
    }
  return byNode;
};

/** The scope itself and all above it; a ring, which nothing lets in, would end here too. Pure. */
const parentsOf = (name: string, scopes: ReadonlyMap<string, ScopeRow>): string[] => {
  const seen = new Set<string>();
  for (let at: string | null = name; at !== null && !seen.has(at); at = scopes.get(at)?.parent ?? null)
    seen.add(at);
  return [...seen];
};
