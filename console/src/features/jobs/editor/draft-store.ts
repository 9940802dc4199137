// Drafts kept in the browser, so that a tab that crashes or is closed by mistake loses nothing. Responsible for keeping and finding them; when to
// offer one is the editor's business. A browser that denies storage, or is full, keeps nothing: then there is only the question before leaving.
import type { DraftNet } from './model/draft-net.ts';

export type KeptDraft = {
  readonly user: string;
  /** Of the net that is edited; empty for one that has no name yet. */
  readonly net: string;
  readonly draft: DraftNet;
  /** What it was made from; null for a new net. */
  readonly base: { readonly definition: DraftNet; readonly revision: number } | null;
  readonly savedAt: number;
};
export type DraftStore = {
  readonly find: (user: string, net: string) => Promise<KeptDraft | null>;
  readonly keep: (draft: KeptDraft) => Promise<void>;
  readonly forget: (user: string, net: string) => Promise<void>;
};

/** What nobody came back to for so long is forgotten. */
const keptForMs = 14 * 24 * 3600 * 1000;
/** Drafts of this browser; the oldest go first. */
const keptMax = 50;

const storeName = 'drafts';
const keyOf = (user: string, net: string): string => `${user}\n${net}`;

const answerOf = <Value>(request: IDBRequest<Value>): Promise<Value> => {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  request.addEventListener('success', () => resolve(request.result));
  request.addEventListener('error', () => reject(request.error ?? new Error('the browser keeps nothing')));
  return promise;
};

const open = async (): Promise<IDBDatabase> => {
  const request = globalThis.indexedDB.open('nezuban', 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(storeName));
  return await answerOf(request);
};

/** Runs with the store, and gives null where the browser has none. */
const within = async <Value>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => Promise<Value>,
): Promise<Value | null> => {
  try {
    const database = await open();
    try {
      return await act(database.transaction(storeName, mode).objectStore(storeName));
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
};

const isKept = (value: unknown): value is KeptDraft =>
  typeof value === 'object' && value !== null && 'draft' in value && 'savedAt' in value;

export const createDraftStore = (now: () => number): DraftStore => ({
  find: async (user, net) =>
    await within('readonly', async (store) => {
      const found: unknown = await answerOf(store.get(keyOf(user, net)));
      return isKept(found) && found.savedAt > now() - keptForMs ? found : null;
    }),
  async keep(draft) {
    await within('readwrite', async (store) => {
      await answerOf(store.put(draft, keyOf(draft.user, draft.net)));
      const keys = await answerOf(store.getAllKeys());
      if (keys.length <= keptMax) return;
      const all = (await answerOf(store.getAll())) as readonly KeptDraft[];
      const oldest = all.reduce((a, b) => (b.savedAt < a.savedAt ? b : a));
      await answerOf(store.delete(keyOf(oldest.user, oldest.net)));
    });
  },
  async forget(user, net) {
    await within('readwrite', async (store) => await answerOf(store.delete(keyOf(user, net))));
  },
});
