// Places in the user's words, and which freezes concern a net or a node. Pure.
import type { TFunction } from 'i18next';
import type { FreezeView } from '@nezuban/protocol/api/operate-operations';
import type { WindowPlace } from '@nezuban/protocol/operations/maintenance-window';
import { toPlace } from '@nezuban/protocol/operations/maintenance-window';
import type { Place } from '@nezuban/protocol/operations/place';

export const placeText = (t: TFunction, place: Place): string =>
  t(`operate.place.${place.kind}`, { name: place.name ?? '' });

export const windowPlaceText = (t: TFunction, place: WindowPlace): string => placeText(t, toPlace(place));

/** Freezes because of which no session of the net starts. */
export const freezesOfNet = (frozen: readonly FreezeView[], net: string): readonly FreezeView[] =>
  frozen.filter(({ place }) => {
    if (place.kind === 'manager') return true;
    if (place.kind === 'net') return place.name === net;
    return place.kind === 'folder' && net.startsWith(`${place.name}/`);
  });

/** `scopes`: those in which the node lies. */
export const freezesOfNode = (
  frozen: readonly FreezeView[],
  node: { readonly name: string; readonly scopes: readonly string[] },
): readonly FreezeView[] =>
  frozen.filter(
    ({ place }) =>
      (place.kind === 'node' && place.name === node.name) ||
      (place.kind === 'scope' && node.scopes.includes(place.name)),
  );

export const keyOf = ({ place, window }: FreezeView): string =>
  `${place.kind} ${place.name ?? ''} ${window ?? ''}`;
