// Routes of what commands wrote.
import type { StreamHandlers } from '../http/http-ports.ts';
import type { Handlers } from '../ports.ts';
import type { OutputReader } from './output-reader.ts';

export const createOutputRoutes = (reader: OutputReader): Pick<Handlers, 'getOutput'> => ({
  async getOutput({ params, query }) {
    const { stream, offset, limit, encoding } = query;
    return { body: await reader.readPage({ attemptId: params.attemptId, stream, offset, limit, encoding }) };
  },
});

export const createRawOutputRoute =
  (reader: OutputReader): StreamHandlers['getRawOutput'] =>
  async ({ params, query }) => ({
    stream: await reader.openRaw({ attemptId: params.attemptId, stream: query.stream }),
    // Bytes of unknown kind are for saving: a browser must never take them for a page.
    headers: { 'content-disposition': `attachment; filename="${params.attemptId}-${query.stream}.txt"` },
  });
