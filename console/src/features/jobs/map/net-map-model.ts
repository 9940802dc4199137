// The map of nets as a picture: nets as nodes, relations as arrows from what comes first to what comes then. Pure.
import type {
  NetMap,
  NetMapEntry,
  NetMapRelation,
  NetRelationKind,
} from '@nezuban/protocol/jobs/net-relation';
import { sessionStatus } from '../../../components/status.ts';
import type { ShownUnit } from '../graph/graph-model.ts';

/** Which end of a relation stands before the other in the picture. */
const otherFirst: Readonly<Record<NetRelationKind, boolean>> = {
  contains: false,
  starts: false,
  waits_for: true,
  begins_after: true,
  excludes: false,
};

export type MapWords = {
  readonly relation: (kind: NetRelationKind) => string;
  readonly missing: string;
  readonly neverRun: string;
};

export const toShownNets = ({ nets, relations }: NetMap, words: MapWords): ShownUnit[] => {
  const arrows = Map.groupBy(relations, ({ kind, net, other }) => (otherFirst[kind] ? net : other));
  return nets.map((entry) => ({
    path: entry.name,
    parent: null,
    name: entry.name,
    title: entry.title,
    type: 'net_ref',
    position: null,
    after: { mode: 'all', edges: edgesTo(arrows.get(entry.name) ?? [], words) },
    status: statusOf(entry),
    startedAt: entry.lastSession?.createdAt ?? null,
    endedAt: entry.lastSession?.endedAt ?? null,
    note: entry.exists ? (entry.lastSession === null ? words.neverRun : null) : words.missing,
    reruns: 0,
  }));
};

/** Two nets can be related in several ways; one arrow says all. */
const edgesTo = (relations: readonly NetMapRelation[], words: MapWords): ShownUnit['after']['edges'] => {
  const from = Map.groupBy(relations, ({ kind, net, other }) => (otherFirst[kind] ? other : net));
  return [...from].map(([unit, several]) => ({
    unit,
    on: ['normal', 'warning'],
    word: [...new Set(several.map(({ kind }) => words.relation(kind)))].join(', '),
  }));
};

const statusOf = ({ lastSession }: NetMapEntry): ShownUnit['status'] =>
  lastSession === null ? null : sessionStatus(lastSession.state, lastSession.endStatus);

/** What one net has to do with others, from its own side, and from theirs. */
export const relationsOfNet = (
  { relations }: NetMap,
  net: string,
): readonly (NetMapRelation & { readonly passive: boolean })[] =>
  relations
    .filter((relation) => relation.net === net || relation.other === net)
    .map((relation) => ({ ...relation, passive: relation.net !== net }));
