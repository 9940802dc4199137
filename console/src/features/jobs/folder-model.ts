// The folders of job nets as a tree that is opened step by step. Pure. Called by folder-tree.tsx.
import type { NetFolder } from '@nezuban/protocol/api/jobs-operations';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';

export type FolderRow = {
  /** Whole path; empty is the root, which holds everything. */
  readonly folder: string;
  readonly name: string;
  readonly depth: number;
  readonly netsBelow: number;
  /** The worst of how the nets below it ended last; null: none has ended, or it is the root, where it would say little. */
  readonly worstLast: EndStatus | null;
  readonly hasChildren: boolean;
};

export const parentOf = (folder: string): string => folder.slice(0, Math.max(0, folder.lastIndexOf('/')));

/** All folders above one, outermost first, without itself. */
export const foldersAbove = (folder: string): readonly string[] => {
  const parts = folder.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
};

/** The rows that are seen: the root, its folders, and what lies in opened ones. Folders come in the order of names. */
export const toFolderRows = (
  folders: readonly NetFolder[],
  opened: ReadonlySet<string>,
): readonly FolderRow[] => {
  const childrenOf = new Map<string, NetFolder[]>();
  for (const folder of folders) {
    const siblings = childrenOf.get(parentOf(folder.folder));
    if (siblings === undefined) childrenOf.set(parentOf(folder.folder), [folder]);
    else siblings.push(folder);
  }
  const rows: FolderRow[] = [];
  const visit = (parent: string, depth: number): void => {
    for (const { folder, netsBelow, worstLast } of childrenOf.get(parent) ?? []) {
      const hasChildren = childrenOf.has(folder);
      rows.push({
        folder,
        name: folder.slice(parent === '' ? 0 : parent.length + 1),
        depth,
        netsBelow,
        worstLast,
        hasChildren,
      });
      if (hasChildren && opened.has(folder)) visit(folder, depth + 1);
    }
  };
  visit('', 1);
  return rows;
};
