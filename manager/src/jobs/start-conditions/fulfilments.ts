// What fulfils a start condition and what it says: an event, a file that was found, a time that has come. Pure.
// Called by the loop of start conditions.
import path from 'node:path';
import type { Fulfilled } from '@nezuban/core/jobs/start-conditions/decide-starts';
import { peopleBehindMax, peopleInEvent } from '@nezuban/core/jobs/people-behind';
import { fillEventPlaces, fillNamedPlaces } from '@nezuban/core/jobs/start-conditions/event-places';
import type { FoundFile } from '@nezuban/protocol/agent/tool-inputs';
import type { EventView } from '@nezuban/protocol/events/event';
import type { FileWatcher, StartWatcher, TimeWatcher } from '@nezuban/protocol/jobs/start-conditions';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import { captureEvent } from '../unit-works/event-wait-hand.ts';

/** What a Date can be. */
const INSTANT_MS_MAX = 8.64e15;

/** Conditions that events fulfil. */
export type EventWatcher = Exclude<StartWatcher, FileWatcher | TimeWatcher>;

export const isEventWatcher = (watcher: StartWatcher): watcher is EventWatcher =>
  'event' in watcher || 'net' in watcher;
export const isFileWatcher = (watcher: StartWatcher): watcher is FileWatcher => 'files' in watcher;
export const isTimeWatcher = (watcher: StartWatcher): watcher is TimeWatcher => 'time' in watcher;

export const matchOf = (watcher: EventWatcher): EventMatch =>
  'event' in watcher ? watcher.event : { codes: ['session_ended', 'session_stopped'], nets: [watcher.net] };

/** Of ends of nets the end status decides, too. */
export const isMeant = (watcher: EventWatcher, { details }: EventView): boolean =>
  'event' in watcher || watcher.on.some((status) => status === details['endStatus']);

export const fulfilledBy = (watcher: EventWatcher, event: EventView): Fulfilled => {
  const { groups, message, fields, node, key, monitor } = captureEvent(event, matchOf(watcher));
  return {
    condition: watcher.name,
    event: event.id,
    at: Date.parse(event.at),
    startedBy: peopleInEvent(event),
    says: {
      ...fields,
      ...groups,
      id: String(event.id),
      at: event.at,
      code: event.code,
      priority: event.priority,
      message,
      ...(node === null ? {} : { node }),
      ...(key === null ? {} : { key }),
      ...(monitor === null ? {} : { monitor }),
    },
    parameters: Object.fromEntries(
      Object.entries(watcher.parameters ?? {}).map(([name, text]) => [
        name,
        fillEventPlaces(text, event, groups),
      ]),
    ),
  };
};

/** As the trigger of a session has it. */
export const shownOf = ({ condition, event, at, what }: Fulfilled) => ({
  condition,
  event,
  at: new Date(at).toISOString(),
  ...(what === undefined ? {} : { what }),
});

/** Of the trigger of a session. `author`: who has brought the conditions into force. */
export const onBehalf = (
  author: string,
  fulfilled: readonly Fulfilled[],
): { readonly onBehalfOf: string; readonly behind?: string[] } => {
  const people = new Set(fulfilled.flatMap(({ startedBy = [] }) => startedBy));
  return {
    onBehalfOf: author,
    ...(people.size === 0 ? {} : { behind: [...people].slice(0, peopleBehindMax) }),
  };
};

export const namesOf = (fulfilled: readonly Fulfilled[]): string =>
  fulfilled.map(({ condition }) => condition).join(', ');

/** `now`: when it is taken up. The clock of the node may be another one, and what is fulfilled together is compared. */
export const fulfilledByFile = (
  { name, files, parameters }: FileWatcher,
  found: FoundFile,
  now: number,
): Fulfilled => {
  const says = {
    path: found.path,
    name: path.posix.basename(found.path),
    folder: path.posix.dirname(found.path),
    size: found.size === null ? '' : String(found.size),
    modified: found.modified === null ? '' : instantText(found.modified),
    change: found.change,
    node: files.node,
    at: instantText(found.at),
  };
  return {
    condition: name,
    event: null,
    at: now,
    what: found.path,
    says: { ...says, message: found.path },
    parameters: filled(parameters, 'file', says),
  };
};

/** A file system may say times that no calendar has. */
const instantText = (at: number): string =>
  Math.abs(at) <= INSTANT_MS_MAX ? new Date(at).toISOString() : '';

export const fulfilledByTime = ({ name, parameters }: TimeWatcher, at: number): Fulfilled => {
  const says = { at: new Date(at).toISOString() };
  return { condition: name, event: null, at, says, parameters: filled(parameters, 'time', says) };
};

const filled = (
  parameters: Readonly<Record<string, string>> | undefined,
  word: 'file' | 'time',
  says: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters ?? {}).map(([name, text]) => [name, fillNamedPlaces(text, word, says)]),
  );
