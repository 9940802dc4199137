// Serves the built console: files with a hash in their name for ever, index.html fresh each time.
// Not responsible for building it. Called by the server where a console directory is given.
import fs from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const YEAR_S = 31_536_000;
/** What the bundler writes into its assets folder carries a hash of the content in its name. */
const HASHED = /[\\/]assets[\\/][^\\/]+-[A-Za-z0-9_-]{8,}\.[a-z0-9.]+$/;

export type ConsoleFiles = {
  /** Sends index.html for any page address of the console; null when there is none to send. */
  readonly sendIndex: (reply: FastifyReply) => FastifyReply | null;
};

export const registerConsole = (server: FastifyInstance, directory: string | null): ConsoleFiles => {
  if (directory === null || !fs.existsSync(path.join(directory, 'index.html')))
    return { sendIndex: () => null };
  // Not awaited: that would boot the server before it has its error handler. It is loaded when the server listens.
  void server.register(fastifyStatic, {
    root: directory,
    wildcard: true,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, file) => {
      reply.header(
        'cache-control',
        HASHED.test(file.replace(/\.(br|gz)$/, '')) ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      );
    },
  });
  return { sendIndex: (reply) => reply.sendFile('index.html') };
};

/** A page of the console: a GET that a browser navigates with, outside of the API and without a file's ending. */
export const isPageRequest = (request: FastifyRequest): boolean => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const [pathname = '/'] = request.url.split('?');
  return !pathname.startsWith('/api/') && !/\.[a-z0-9]{1,8}$/i.test(pathname);
};
