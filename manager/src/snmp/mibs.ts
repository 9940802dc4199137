// All MIB modules that this manager knows, read and put together.
// Responsible for the tree in memory, which changes only after a commit, and for uploads. Names of traps are asked of it by the processing of
// traps; people browse it through `snmp-routes.ts`.
import { say } from '@nezuban/protocol/sentences/sentence';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { builtInMibs } from '@nezuban/core/traps/mib/built-in-mibs';
import type { MibModule } from '@nezuban/core/traps/mib/mib-module';
import { parseMib } from '@nezuban/core/traps/mib/mib-parser';
import { buildMibTree, type MibTree } from '@nezuban/core/traps/mib/mib-tree';
import type { OidNames } from '@nezuban/core/traps/mib/oid-names';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import { mibNameSchema, mibUploadLimits } from '@nezuban/protocol/traps/snmp-names';
import type { Database } from '../database/database.ts';
import type { Actor, AuditLog } from '../ports.ts';
import { deleteMib, findMib, listMibNames, lockMibs, saveMib } from './mib-store.ts';

export type MibUpload = { readonly name: string; readonly text: string };

/** An uploaded module as it was read. */
export type KnownMib = {
  readonly module: MibModule;
  readonly fileName: string;
  readonly uploadedAt: Date;
  readonly uploadedBy: string;
};

export type Mibs = {
  readonly tree: () => MibTree;
  readonly builtIn: readonly MibModule[];
  readonly uploaded: () => ReadonlyMap<string, KnownMib>;
  /** As `tree().names` of the moment: may be kept by whoever names many traps. */
  readonly names: OidNames;
  /** Reads what is stored, module by module, so that others get their turn. */
  load(): Promise<void>;
  upload(
    files: readonly MibUpload[],
    actor: Actor,
  ): Promise<{
    readonly taken: readonly {
      readonly module: MibModule;
      readonly fileName: string;
      readonly replaced: boolean;
    }[];
    readonly refused: readonly { readonly fileName: string; readonly message: string }[];
  }>;
  remove(name: string, actor: Actor): Promise<void>;
  /** After each change of names: what was compiled with them is to be compiled anew. */
  onChange(listener: () => void): void;
};

type ReadUpload = { readonly module: MibModule; readonly file: MibUpload };

export const createMibs = (ports: {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly logger: Logger;
}): Mibs => {
  const { database, audit, logger } = ports;
  const builtIn = builtInMibs();
  const listeners: (() => void)[] = [];
  let uploaded: ReadonlyMap<string, KnownMib> = new Map();
  let tree = buildMibTree({ builtIn, uploaded: [] });

  const publish = (next: ReadonlyMap<string, KnownMib>): void => {
    uploaded = next;
    tree = buildMibTree({ builtIn, uploaded: [...next.values()].map(({ module }) => module) });
    for (const listener of listeners) listener();
  };

  return {
    tree: () => tree,
    builtIn,
    uploaded: () => uploaded,
    names: { find: (oid) => tree.names.find(oid), oidOf: (name) => tree.names.oidOf(name) },
    async load() {
      const next = new Map<string, KnownMib>();
      for (const name of await listMibNames(database)) {
        const row = await findMib(database, name);
        const module = parseMib(row?.text ?? '').find((one) => one.name === name);
        if (row === undefined) continue;
        if (module === undefined)
          logger.warn({ module: name }, 'A stored MIB module holds no module of its name any more');
        else
          next.set(name, {
            module,
            fileName: row.file_name,
            uploadedAt: row.uploaded_at,
            uploadedBy: row.uploaded_by,
          });
        await nextTurn();
      }
      if (next.size > 0) publish(next);
    },

    async upload(files, actor) {
      const chars = files.reduce((sum, { text }) => sum + text.length, 0);
      if (chars > mibUploadLimits.uploadCharsMax)
        throw new CodedError(
          'body_too_large',
          say('problem_the_files_have_characters_together_send_at', {
            chars,
            max: mibUploadLimits.uploadCharsMax,
          }),
        );
      const read: ReadUpload[] = [];
      const refused: { fileName: string; message: string }[] = [];
      for (const file of files) {
        const text = file.text.replaceAll('\0', '');
        const modules = parseMib(text).filter(({ name }) => mibNameSchema.safeParse(name).success);
        if (modules.length === 0)
          refused.push({
            fileName: file.name,
            message: 'It holds no MIB module: a line such as "IF-MIB DEFINITIONS ::= BEGIN" is missing.',
          });
        for (const module of modules) read.push({ module, file: { name: file.name, text } });
        await nextTurn();
      }
      // The last of one name counts, as if they had been sent one after the other.
      const byName = new Map(read.map((one) => [one.module.name, one]));
      if (byName.size === 0) return { taken: [], refused };
      const before = uploaded;
      const saved = await database.inTransaction(async (transaction) => {
        const kept = await lockMibs(transaction);
        assertRoom(kept, [...byName.values()]);
        const stored = new Map<string, KnownMib>();
        for (const [name, { module, file }] of byName) {
          const { uploadedAt } = await saveMib(transaction, {
            name,
            text: file.text,
            file_name: file.name,
            uploaded_by: actor.name,
          });
          stored.set(name, { module, fileName: file.name, uploadedAt, uploadedBy: actor.name });
        }
        await audit.record(transaction, {
          actor,
          action: 'uploadMibs',
          target: byName.size === 1 ? ([...byName.keys()][0] ?? null) : null,
          details: { modules: [...byName.keys()] },
        });
        return stored;
      });
      publish(new Map([...uploaded, ...saved]));
      return {
        taken: [...byName.values()].map(({ module, file }) => ({
          module,
          fileName: file.name,
          replaced: before.has(module.name),
        })),
        refused,
      };
    },

    async remove(name, actor) {
      await database.inTransaction(async (transaction) => {
        if (!(await deleteMib(transaction, name))) {
          if (builtIn.some((module) => module.name === name))
            throw new CodedError(
              'operation_refused',
              say('problem_the_mib_module_is_built_in_and', { name }),
            );
          throw new CodedError('not_found', say('problem_there_is_no_mib_module', { name }));
        }
        await audit.record(transaction, { actor, action: 'deleteMib', target: name, details: {} });
      });
      const next = new Map(uploaded);
      next.delete(name);
      publish(next);
    },

    onChange(listener) {
      listeners.push(listener);
    },
  };
};

const assertRoom = (
  kept: { readonly modules: number; readonly chars: number },
  more: readonly ReadUpload[],
): void => {
  if (kept.modules + more.length > mibUploadLimits.modulesMax)
    throw new CodedError(
      'operation_refused',
      say('problem_there_would_be_more_than_mib_modules', { max: mibUploadLimits.modulesMax }),
    );
  const chars = more.reduce((sum, { file }) => sum + file.text.length, 0);
  if (kept.chars + chars > mibUploadLimits.keptCharsMax)
    throw new CodedError(
      'operation_refused',
      say('problem_the_mib_modules_would_have_more_than', { max: mibUploadLimits.keptCharsMax }),
    );
};
