// What is told of places that cannot be given out. Pure. Called by `engine.ts` after each batch.
import type { AdmissionFault } from '@nezuban/core/jobs/admission/admission-book';
import { partsOf } from '@nezuban/core/jobs/admission/claims';
import type { EventDraft } from '../ports.ts';
import { quoted } from './engine-poison.ts';

/** What is told, with the key under which it is told once. */
type Notice = readonly [key: string, draft: EventDraft];

const words = { queue: 'queue', lock: 'lock', node_limit: 'node', net: 'job net' } as const;

export const standingPlaces = ({ resources, first, error }: AdmissionFault, at: Date): Notice => {
  const places = resources
    .map((resource) => {
      const { kind, name } = partsOf(resource);
      return `${words[kind]} "${name}"`;
    })
    .join(', ');
  const { sessionId: session } = first;
  const reason = quoted(error);
  return [
    // Once each time that it begins to stand.
    `places ${places} ${at.getTime()}`,
    {
      at,
      code: 'places_stand',
      priority: 'critical',
      node: null,
      message: `The job engine cannot give out ${places}: it broke at the turn of session ${session}, and whoever waits for the same stands; all others go on: ${reason}. It is tried again every minute. Stop or skip the unit whose turn it is, or change the queue, lock or limit, and report this`,
      details: { places, session, reason },
    },
  ];
};

/** Nobody is given anything. */
export const allPlacesStand = (error: unknown, at: Date): Notice => {
  const reason = quoted(error);
  return [
    'places',
    {
      at,
      code: 'places_stand',
      priority: 'critical',
      node: null,
      message: `The job engine cannot give out places of any queue, lock or node; what waits for none goes on: ${reason}. It is tried again every minute. Report this`,
      details: { reason },
    },
  ];
};
