// Routes of what commands wrote.
import type { StreamHandlers } from '../http/http-ports.ts';
import type { Handlers, RequestActor } from '../ports.ts';
import { sayNoAttempt } from './output-reader.ts';
import type { OutputReader } from './output-reader.ts';

export const createOutputRoutes = (reader: OutputReader): Pick<Handlers, 'getOutput'> => ({
  async getOutput({ params, query, actor }) {
    const { stream, offset, limit, encoding } = query;
    const mayRead = mayReadFor(actor, params.attemptId);
    return {
      body: await reader.readPage({ attemptId: params.attemptId, stream, offset, limit, encoding, mayRead }),
    };
  },
});

export const createRawOutputRoute =
  (reader: OutputReader): StreamHandlers['getRawOutput'] =>
  async ({ params, query, actor }) => ({
    stream: await reader.openRaw({
      attemptId: params.attemptId,
      stream: query.stream,
      mayRead: mayReadFor(actor, params.attemptId),
    }),
    // Bytes of unknown kind are for saving: a browser must never take them for a page.
    headers: { 'content-disposition': `attachment; filename="${params.attemptId}-${query.stream}.txt"` },
  });

/** Asked with the net of the attempt, which the reader finds anyway. */
const mayReadFor =
  ({ permissions }: RequestActor, attemptId: string) =>
  (net: string): void =>
    permissions.requireOnNet('output.read', net, sayNoAttempt(attemptId));
