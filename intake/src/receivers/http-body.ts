/**
 * The body of a request, within its bound.
 *
 * Responsible for reading it whole, or for saying that it is too long. Called by `http-receiver.ts`.
 */
import type { IncomingMessage } from 'node:http';

export type ReadBody =
  | { readonly type: 'whole'; readonly bytes: Buffer }
  | { readonly type: 'too-long' }
  /** The sender is gone. */
  | { readonly type: 'broken' };

export async function readBody(request: IncomingMessage, bytesMax: number): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return { type: 'too-long' };
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > bytesMax) return { type: 'too-long' };
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Error) return { type: 'broken' };
    throw error;
  }
  return { type: 'whole', bytes: Buffer.concat(chunks) };
}
