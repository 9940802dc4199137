// Who may freeze and resume which place: `system.operate` anywhere; of a folder or net `nets.run` there is enough, of a scope or node
// `nodes.write` there. Called wherever a place is frozen, resumed, put into a maintenance window, or overridden.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import { placeText, type Place } from '@nezuban/protocol/operations/place';
import type { Actor, RequestActor } from '../ports.ts';

export const mayOperate = ({ permissions }: RequestActor, place: Place): boolean => {
  if (permissions.everywhere('system.operate')) return true;
  switch (place.kind) {
    case 'manager':
      return false;
    case 'folder':
      // All below it stops, so what is denied inside must not be reached through it.
      return permissions.onWholeFolder('nets.run', place.name);
    case 'net':
      return permissions.onNet('nets.run', place.name);
    case 'scope':
      return permissions.onWholeScope('nodes.write', place.name);
    case 'node':
      return permissions.onNode('nodes.write', place.name);
  }
};

/** Whether the actor may see that the place exists. */
export const maySee = ({ permissions }: RequestActor, place: Place): boolean => {
  if (permissions.everywhere('system.operate')) return true;
  switch (place.kind) {
    case 'manager':
      return true;
    case 'folder':
      return permissions.onNet('nets.read', `${place.name}/`);
    case 'net':
      return permissions.onNet('nets.read', place.name);
    case 'scope':
      return permissions.onScope('nodes.read', place.name);
    case 'node':
      return permissions.onNode('nodes.read', place.name);
  }
};

const rightFor = (place: Place): string => {
  if (place.kind === 'manager') return '"system.operate"';
  return place.kind === 'folder' || place.kind === 'net'
    ? '"nets.run" there or "system.operate"'
    : '"nodes.write" there or "system.operate"';
};

/** Throws `forbidden`. */
export const assertMayOperate = (actor: RequestActor, place: Place): void => {
  if (!mayOperate(actor, place))
    throw new CodedError(
      'forbidden',
      say('problem_to_freeze_or_resume_you_need_the', { value: placeText(place), value2: rightFor(place) }),
    );
};

/** A file of definitions is applied by a request too; only the manager itself has no permissions of its own, and needs none. */
export const isRequestActor = (actor: Actor): actor is RequestActor => 'permissions' in actor;
