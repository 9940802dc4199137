// Who reads files for another node, as what `tools/become.ts` takes. The names are those of an order, whose schema knows no name that begins with "-".
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Person =
  | { readonly ok: true; readonly become: string | null }
  | { readonly ok: false; readonly says: string };

/** `become` null: the agent's own user, as it is. */
export async function findPerson({
  user,
  group,
}: {
  readonly user?: string | undefined;
  readonly group?: string | undefined;
}): Promise<Person> {
  const isRoot = process.getuid?.() === 0;
  if (user === undefined && group === undefined) return { ok: true, become: null };
  const uid = user === undefined ? process.getuid?.() : await numberOf('id', ['-u', user]);
  if (uid === undefined) return { ok: false, says: `user ${user} is not known on this host` };
  if (!isRoot && uid !== process.getuid?.())
    return { ok: false, says: `the agent runs as an ordinary user and cannot become ${user}` };
  if (!isRoot && group === undefined) return { ok: true, become: null };
  if (!isRoot) return { ok: false, says: 'the agent runs as an ordinary user and cannot take another group' };
  const name = user ?? String(uid);
  const [own, gid] = await Promise.all([
    said('id', ['-G', name]),
    group === undefined ? numberOf('id', ['-g', name]) : groupId(group),
  ]);
  if (gid === undefined)
    return { ok: false, says: `group ${group ?? `of ${name}`} is not known on this host` };
  return {
    ok: true,
    become: [uid, gid, ...(own ?? '').split(/\s+/).filter((text) => /^\d+$/.test(text))].join(' '),
  };
}

async function groupId(group: string): Promise<number | undefined> {
  const entry = await said('getent', ['group', group]);
  return toNumber(entry?.split(':')[2]);
}

async function numberOf(program: string, words: readonly string[]): Promise<number | undefined> {
  return toNumber(await said(program, words));
}

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

async function said(program: string, words: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(program, words)).stdout;
  } catch {
    return undefined;
  }
}
