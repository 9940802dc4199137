// Routes of what commands wrote.
import { pipeline, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { outputMissingHeader } from '@nezuban/protocol/api/output-missing-header';
import type { StreamHandlers } from '../http/http-ports.ts';
import type { Handlers, RequestActor } from '../ports.ts';
import { sayNoAttempt } from './output-reader.ts';
import type { OutputReader } from './output-reader.ts';

export const createOutputRoutes = (reader: OutputReader): Pick<Handlers, 'getOutput' | 'searchOutput'> => ({
  async getOutput({ params, query, actor }) {
    const { stream, offset, limit, encoding } = query;
    const mayRead = mayReadFor(actor, params.attemptId);
    return {
      body: await reader.readPage({ attemptId: params.attemptId, stream, offset, limit, encoding, mayRead }),
    };
  },
  async searchOutput({ params, query, actor }) {
    const { limit: hitsMax, ...wanted } = query;
    const { attemptId } = params;
    const mayRead = mayReadFor(actor, attemptId);
    return {
      body: await reader.search({ attemptId, ...wanted, encoding: query.encoding, hitsMax, mayRead }),
    };
  },
});

export const createRawOutputRoute =
  (reader: OutputReader): StreamHandlers['getRawOutput'] =>
  async ({ params, query, actor }) => {
    const { bytes, missing } = await reader.openRaw({
      attemptId: params.attemptId,
      stream: query.stream,
      mayRead: mayReadFor(actor, params.attemptId),
    });
    const name = `${params.attemptId}-${query.stream}.txt${query.gzip ? '.gz' : ''}`;
    return {
      stream: query.gzip ? packed(bytes) : bytes,
      headers: {
        // Bytes of unknown kind are for saving: a browser must never take them for a page.
        'content-disposition': `attachment; filename="${name}"`,
        ...(missing.length === 0 ? {} : { [outputMissingHeader]: missing.join('; ') }),
      },
    };
  };

/** A break of either side ends both: what was not sent to its end must not look whole. */
const packed = (raw: Readable): Readable => pipeline(raw, createGzip({ level: 1 }), () => undefined);

/** Asked with the net of the attempt, which the reader finds anyway. */
const mayReadFor =
  ({ permissions }: RequestActor, attemptId: string) =>
  (net: string): void =>
    permissions.requireOnNet('output.read', net, sayNoAttempt(attemptId));
