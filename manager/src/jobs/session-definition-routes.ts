// Routes that give one suspended session a definition of its own: tried first, then kept as a revision that is not in force, and taken.
// Responsible for who may, and for storing nothing that cannot be taken. What it brings about is core's (operate/take-definition.ts); that it is
// taken as a whole or not at all is the engine's. A revision that was kept and not taken after all, because the session went on in between or a
// host fell, is one more in the list of revisions and nothing else.
import { judgeDefinition } from '@nezuban/core/jobs/operate/take-definition';
import { previewOperation } from '@nezuban/core/jobs/explain/preview-operation';
import type { NetPlan } from '@nezuban/core/jobs/net-plan';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId } from '@nezuban/protocol/ids';
import { say } from '@nezuban/protocol/sentences/sentence';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { lockDefinitions } from '../database/definitions-lock.ts';
import { findUnstorable } from '../database/storable-text.ts';
import type { Database } from '../database/database.ts';
import type { AuditLog, Freezes, Handlers, Inventory, RequestActor } from '../ports.ts';
import type { SettingsPort } from '../settings/settings.ts';
import type { AuthorRights } from './author-rights.ts';
import { storableReason } from './definition-apply.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { invalidDefinition, readDefinitionFiles } from './definition-files.ts';
import type { DefinitionParser } from './definition-parser.ts';
import type { Engine } from './engine.ts';
import { addRevision } from './net-store.ts';
import { assertMaySendSecrets, assertPastApprovals } from './new-definition.ts';
import { assertReasonGiven, requireToOperate, type SessionAccess } from './session-access.ts';
import type { SessionReader } from './session-reader.ts';

export type SessionDefinitionServices = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly parser: DefinitionParser;
  readonly access: SessionAccess;
  readonly engine: Pick<Engine, 'operate'>;
  readonly reader: SessionReader;
  readonly authors: AuthorRights;
  readonly inventory: Pick<Inventory, 'snapshot'>;
  readonly freezes: Pick<Freezes, 'nodes'>;
  readonly settings: Pick<SettingsPort, 'of'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
};
type SessionDefinitionHandlers = Pick<Handlers, 'previewSessionDefinition' | 'changeSessionDefinition'>;
type Wanted = { readonly definition: JobNetDefinition; readonly plan: NetPlan };

const YAML_FILE = 'session.yaml';

export const createSessionDefinitionRoutes = (
  services: SessionDefinitionServices,
): SessionDefinitionHandlers => {
  const { database, definitions, engine, reader, authors, access } = services;
  const { inventory, freezes, settings, audit, clock } = services;

  /** The definition, and its plan with the nets that it refers to as they are in force now. */
  const read = async (id: SessionId, yaml: string, actor: RequestActor): Promise<Wanted> => {
    await requireToOperate({ access, reader }, { id, operation: 'take_definition' }, actor);
    await access.require('nets.write', id, actor);
    const net = await reader.read(id, ({ plan }) => plan.definition.name);
    await assertPastApprovals(reader, id, actor);
    const documents = await readDefinitionFiles(services.parser, [{ name: YAML_FILE, text: yaml }]);
    const [document] = documents;
    if (documents.length !== 1 || document?.kind !== 'jobnet' || document.value.name !== net)
      throw invalidDefinition(YAML_FILE, [{ path: '', ...say('file_must_hold_one_net', { net }) }]);
    const issues = findUnstorable(document.value);
    if (issues.length > 0) throw invalidDefinition(YAML_FILE, issues);
    await database.inTransaction(async (transaction) =>
      authors.assertMayDefine(transaction, actor, document.value),
    );
    const plan = await definitions.planNow(document.value, (other) =>
      actor.permissions.onNet('nets.read', other),
    );
    await assertMaySendSecrets(reader, { id, plan }, actor);
    return { definition: document.value, plan };
  };
  const keep = async (
    id: SessionId,
    definition: JobNetDefinition,
    { reason, actor }: { readonly reason: string | null; readonly actor: RequestActor },
  ): Promise<number> =>
    await database.inTransaction(async (transaction) => {
      await lockDefinitions(transaction);
      await authors.assertMayDefine(transaction, actor, definition);
      const revision = await addRevision(transaction, {
        definition,
        actor,
        at: new Date(clock.epochMs()),
        note: { kind: 'session', reason, fromRevision: null },
      });
      await audit.record(transaction, {
        actor,
        action: 'changeSessionDefinition',
        target: definition.name,
        details: { kind: 'jobnet', session: id, revision, reason },
      });
      return revision;
    });

  return {
    async previewSessionDefinition({ params: { id }, body, actor }) {
      const { plan } = await read(id, body.yaml, actor);
      const context = {
        now: clock.epochMs(),
        inventory: { ...inventory.snapshot(), frozen: freezes.nodes() },
        plan,
      };
      return {
        body: await reader.read(id, (session) =>
          previewOperation(session, { operation: 'take_definition' }, context),
        ),
      };
    },
    async changeSessionDefinition({ params: { id }, body, actor }) {
      assertReasonGiven(settings, body.reason);
      const reason = storableReason(body.reason);
      const { definition, plan } = await read(id, body.yaml, actor);
      const judged = await reader.read(id, (session) => judgeDefinition(session, plan));
      if ('refused' in judged) throw new CodedError('operation_refused', judged.refused);
      const revision = await keep(id, definition, { reason, actor });
      const detail = await engine.operate({
        sessionId: id,
        operation: 'take_definition',
        unit: undefined,
        options: reason === null ? {} : { reason },
        definition: { plan, revision },
        actor: actor.name,
        alsoWrite: async (transaction) =>
          audit.record(transaction, {
            actor,
            action: 'operateSession',
            target: String(id),
            details: {
              operation: 'take_definition',
              revision,
              added: judged.added.length,
              removed: judged.removed.length,
              changed: judged.redefined.length,
              ...(reason === null ? {} : { reason }),
            },
          }),
      });
      return { body: { ...detail, netRevision: revision } };
    },
  };
};
