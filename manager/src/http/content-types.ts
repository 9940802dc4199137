// Reads bodies of the content types that an operation names, and refuses all others.
// Called by the server once at its making.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { decodeBody, parseJson } from './request-body.ts';

const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];

export const registerContentTypes = (server: FastifyInstance): void => {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      // An operation without a body ignores an empty one; clients that always set the type are common.
      if (body.length === 0) return undefined;
      refuseUnless('application/json', request);
      return parseJson(body);
    },
  );
  server.addContentTypeParser(
    YAML_TYPES,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      refuseUnless('application/yaml', request);
      const { file } = request.query as { readonly file?: unknown };
      return decodeBody(
        body,
        request.routeOptions.config.bodyErrorCode ?? 'invalid_request',
        typeof file === 'string' ? file : undefined,
      );
    },
  );
};

const refuseUnless = (type: 'application/json' | 'application/yaml', request: FastifyRequest): void => {
  const { bodyType } = request.routeOptions.config;
  if (bodyType === undefined || bodyType === type) return;
  if (bodyType === null)
    throw new CodedError('unsupported_media_type', say('problem_this_operation_takes_no_body'));
  throw new CodedError('unsupported_media_type', say('problem_send_the_body_as_not_as', { bodyType, type }));
};
