// The secrets domain put together: the store, its routes, and what the jobs domain asks of it. Made by the wiring of the manager on duty.
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import path from 'node:path';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import { nameSchema } from '@nezuban/protocol/ids';
import type { SecretView } from '@nezuban/protocol/api/secret-operations';
import type { Database } from '../database/database.ts';
import { findUnstorable } from '../database/storable-text.ts';
import { preparationPurpose, reportAsidePurpose, sessionPurpose } from '../files/sealed-places.ts';
import { openSecretBox } from '../files/secret-box.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers, RequestActor, SessionSecrets } from '../ports.ts';
import { createSecretStore, type KeptSecret } from './secret-store.ts';
import { findNetsWithSecret, findNetsWithSecrets } from './secret-uses.ts';

export type SecretsPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly logger: Logger;
};
export type Secrets = {
  readonly routes: Pick<Handlers, 'listSecrets' | 'putSecret' | 'deleteSecret'>;
  readonly forSessions: SessionSecrets;
};

/** How many nets a refusal names. */
const NAMED_MAX = 5;

export const createSecrets = async (
  { database, audit, logger }: SecretsPorts,
  options: { readonly home: string },
): Promise<Secrets> => {
  const secretBox = await openSecretBox(path.join(options.home, 'manager', 'secret-key'));
  const store = createSecretStore({ database, secretBox, logger });
  await store.load();

  const toView = (secret: KeptSecret, usedBy: readonly string[]): SecretView => ({
    name: secret.name,
    description: secret.description,
    usedBy: [...usedBy],
    lost: secret.value === null,
    revision: secret.revision,
    updatedAt: secret.updatedAt.toISOString(),
    updatedBy: secret.updatedBy,
  });

  return {
    routes: {
      async listSecrets({ query, actor }) {
        const after = decodeCursor(query.cursor, nameSchema);
        const page = [...store.all().values()]
          .filter(({ name }) => after === undefined || name > after)
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .slice(0, query.limit + 1);
        const uses = await findNetsWithSecrets(database);
        const seen = (name: string): string[] => visible(uses.get(name) ?? [], actor);
        return {
          body: toPage(page, {
            limit: query.limit,
            toItem: (secret) => toView(secret, seen(secret.name)),
            positionOf: ({ name }) => name,
          }),
        };
      },
      async putSecret({ params: { name }, body, actor }) {
        const before = store.all().get(name);
        const value = body.value ?? before?.value ?? undefined;
        if (value === undefined)
          throw new CodedError('invalid_request', say('problem_body_value_is_missing_a_new_secret'));
        const description = body.description === undefined ? (before?.description ?? null) : body.description;
        const [issue] = findUnstorable(description);
        if (issue !== undefined)
          throw new CodedError(
            'invalid_request',
            say('problem_body_description', { message: sentenceFrom(issue) }),
          );
        const saved = await database.inTransaction(async (transaction) => {
          const secret = await store.save(transaction, { name, description, value, by: actor.name });
          await audit.record(transaction, {
            actor,
            action: 'putSecret',
            target: name,
            details: {
              change: before === undefined ? 'created' : 'updated',
              value: body.value === undefined ? 'unchanged' : 'set',
            },
          });
          return secret;
        });
        store.publish(name, saved);
        const uses = await findNetsWithSecrets(database);
        return { body: toView(saved, visible(uses.get(name) ?? [], actor)) };
      },
      async deleteSecret({ params: { name }, actor }) {
        await database.inTransaction(async (transaction) => {
          const nets = await findNetsWithSecret(transaction, name);
          if (nets.length > 0)
            throw new CodedError(
              'operation_refused',
              say('problem_the_secret_is_named_by_take_it', { name, value: sayNets(nets, actor) }),
            );
          if (!(await store.remove(transaction, name)))
            throw new CodedError('not_found', say('problem_there_is_no_secret', { name }));
          await audit.record(transaction, { actor, action: 'deleteSecret', target: name, details: {} });
        });
        store.publish(name, null);
        return { body: undefined };
      },
    },
    forSessions: {
      named: (name) => store.all().get(name)?.value ?? null,
      seal: (sessionId, values) => secretBox.seal(JSON.stringify(values), sessionPurpose(String(sessionId))),
      open: (sessionId, box) => valuesIn(secretBox.open(box, sessionPurpose(String(sessionId)))),
      sealPrepared: (id, values) => secretBox.seal(JSON.stringify(values), preparationPurpose(String(id))),
      openPrepared: (id, box) => valuesIn(secretBox.open(box, preparationPurpose(String(id)))),
      sealReport: (key, text) => secretBox.seal(text, reportAsidePurpose(key)),
      openReport: (key, box) => secretBox.open(box, reportAsidePurpose(key)),
    },
  };
};

const valuesIn = (text: string | null): Record<string, string> | null =>
  text === null ? null : (JSON.parse(text) as Record<string, string>);

const visible = (nets: readonly string[], { permissions }: RequestActor): string[] =>
  nets.filter((net) => permissions.onNet('nets.read', net));

const sayNets = (nets: readonly string[], actor: RequestActor): string => {
  const seen = visible(nets, actor);
  const hidden = nets.length - seen.length;
  const unseen = `${hidden} job net${hidden === 1 ? '' : 's'} that you may not see`;
  if (seen.length === 0) return unseen;
  const named = seen.slice(0, NAMED_MAX).map((net) => `"${net}"`);
  return `${named.join(', ')}${seen.length > NAMED_MAX ? ' and others' : ''}${hidden === 0 ? '' : `, and by ${unseen}`}`;
};
