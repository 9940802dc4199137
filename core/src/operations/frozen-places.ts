// What a state of freezes and windows means for one net, one node, one event; and the sentences that say so.
// Pure. Called by the manager wherever something is about to start or to be told.
import type { UnitWait } from '@nezuban/protocol/jobs/session';
import { say, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { placeText, placeWords, type Place } from '@nezuban/protocol/operations/place';
import type { EndedFreeze, Freeze, OperationsState } from './decide-operations.ts';

/** Nodes of each scope, those of its child scopes included. */
export type ScopeNodes = ReadonlyMap<string, readonly string[]>;

/** Whether sessions of the net belong to the place. Scopes and nodes hold no nets. */
export function holdsNet(place: Place, net: string): boolean {
  switch (place.kind) {
    case 'manager':
      return true;
    case 'folder':
      return net.startsWith(`${place.name}/`);
    case 'net':
      return net === place.name;
    case 'scope':
    case 'node':
      return false;
  }
}

/** Whether commands on the node belong to the place. Manager, folders and nets freeze starts of sessions, not commands. */
export function holdsNode(place: Place, node: string, scopes: ScopeNodes): boolean {
  if (place.kind === 'node') return place.name === node;
  return place.kind === 'scope' && (scopes.get(place.name)?.includes(node) ?? false);
}

/** Freezes because of which no session of the net starts. */
export function freezesOfNet(state: OperationsState, net: string): readonly Freeze[] {
  return state.freezes.filter(({ place }) => holdsNet(place, net));
}

/** Nodes on which no command starts, each with the sentence that says why. */
export function frozenNodes(state: OperationsState, scopes: ScopeNodes): ReadonlyMap<string, string> {
  const frozen = new Map<string, string>();
  for (const freeze of state.freezes) {
    const sentence = `${freezePhrase(freeze)}.`;
    for (const node of nodesOfPlace(freeze.place, scopes)) if (!frozen.has(node)) frozen.set(node, sentence);
  }
  return frozen;
}

export function nodesOfPlace(place: Place, scopes: ScopeNodes): readonly string[] {
  if (place.kind === 'node') return [place.name];
  return place.kind === 'scope' ? (scopes.get(place.name) ?? []) : [];
}

/** Up to when starts of the net were held; null if they were not. They are treated as missed, however short a time ago that was. */
export function heldUntil(ended: readonly EndedFreeze[], net: string): number | null {
  let last: number | null = null;
  for (const { place, endedAt } of ended)
    if (holdsNet(place, net) && (last === null || endedAt > last)) last = endedAt;
  return last;
}

/** The open window that keeps back notifications of the event; null if they go out. A window on the manager concerns every event. */
export function mutedBy(
  state: OperationsState,
  event: { readonly node: string | null; readonly net: string | null },
  scopes: ScopeNodes,
): string | null {
  for (const { window, places } of state.openWindows) {
    if (!window.effects.includes('mute')) continue;
    const concerned = places.some(
      (place) =>
        place.kind === 'manager' ||
        (event.net !== null && holdsNet(place, event.net)) ||
        (event.node !== null && holdsNode(place, event.node, scopes)),
    );
    if (concerned) return window.name;
  }
  return null;
}

/** Why no session of the net starts, and what to do. */
export function startRefusedSentence(net: string, freezes: readonly Freeze[]): Said {
  const [first] = freezes;
  if (first === undefined) throw new Error(`nothing freezes "${net}"`);
  const byHand = freezes.filter(({ window }) => window === null);
  const more = freezes.length > 1 ? ` (and ${freezes.length - 1} more)` : '';
  const remedy =
    byHand.length === freezes.length && byHand.length === 1
      ? `"nezuban resume ${placeWords(first.place)}" ends that`
      : '"nezuban frozen" shows all';
  const message = `No session of "${net}" starts: ${freezePhrase(first)}${more}. ${remedy}; "nezuban run ${net} --override-freeze" starts one all the same.`;
  const { by, until } = first;
  const values = {
    net,
    place: placeSaid(first.place),
    by,
    since: new Date(first.since).toISOString(),
    reason: withoutStop(first.reason),
  };
  const said =
    until === null
      ? say('start_frozen', values)
      : say('start_frozen_until', { ...values, until: new Date(until).toISOString() });
  return { ...said, message };
}

/** `node "web-1" is frozen by alice since 2026-11-26T09:00:00.000Z: disk swap`. */
export function freezePhrase({ place, by, since, until, reason }: Freeze): string {
  const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
  return `${placeText(place)} is frozen by ${by} since ${new Date(since).toISOString()}${end}: ${withoutStop(reason)}`;
}

/** Why a unit waits, as it is stored and shown: by the sentence that `frozenNodes` gives for its node. */
export const waitSentence = (frozen: string): string => `Waits: ${frozen}`;

/** The same as a sentence in both languages. */
export const waitSaid = (frozen: string): Said => {
  const message = waitSentence(frozen);
  const wait = readWaitSentence(message);
  if (wait === null) return { ...say('as_told', { text: message }) };
  const { place, by, since, until, reason } = wait;
  const values = { place: placeSaid(place), by, since, reason };
  const said =
    until === null ? say('reason_frozen', values) : say('reason_frozen_until', { ...values, until });
  return { ...said, message };
};

const placeSaid = (place: Place): Sentence =>
  place.kind === 'manager'
    ? { code: 'place_manager' }
    : { code: `place_${place.kind}`, values: { name: place.name } };

const INSTANT = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
const WAIT = new RegExp(
  `^Waits: (?<kind>node|scope) "(?<name>[^"]+)" is frozen by (?<by>.+?) since (?<since>${INSTANT})(?: until (?<until>${INSTANT}))?: (?<reason>.*)[.]$`,
  's',
);

/**
 * The facts of such a sentence, for those who say it in another language; null: it says something else. They are read from the sentence so
 * that what has been stored, by whichever release, can be told too.
 */
export function readWaitSentence(text: string): UnitWait | null {
  const { kind, name, by, since, until, reason } = WAIT.exec(text)?.groups ?? {};
  if (name === undefined || by === undefined || since === undefined || reason === undefined) return null;
  const place = kind === 'scope' ? ({ kind, name } as const) : ({ kind: 'node', name } as const);
  return { code: 'frozen', place, by, since, until: until ?? null, reason };
}

function withoutStop(reason: string): string {
  return reason.replace(/[.\u3002]+$/u, '');
}
