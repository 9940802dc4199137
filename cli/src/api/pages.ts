// Reads a list page by page up to a number of items.
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** Items of one page; as the API allows, which a test compares. */
export const pageItemsMax = 500;
/** Most items that one command lists: more belong into a query, not onto a screen. */
export const listItemsMax = 20_000;

export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };
type PageQuery = { readonly limit: number; readonly cursor?: string };

/** The first `limit` items; `nextCursor` says whether there are more. */
export const collect = async <Item>(
  load: (query: PageQuery) => Promise<Page<Item>>,
  limit: number,
): Promise<Page<Item>> => {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(pageItemsMax, limit - items.length);
    const page: Page<Item> = await load({ limit: size, ...(cursor !== null && { cursor }) });
    if (page.nextCursor !== null && page.nextCursor === cursor) {
      throw new Failure('The manager gave the same page of a list twice.', {
        exitCode: exitCodes.refused,
        code: 'internal',
      });
    }
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return { items, nextCursor: cursor };
};
