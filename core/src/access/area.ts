// Where one right is held: everywhere or in places, without others. Places are folders of nets, or scopes of nodes. Pure.
// Called by permissions.ts and covers.ts.

export type Area = {
  /** Everywhere, except `notIn`. */
  readonly all: boolean;
  readonly in: readonly string[];
  /** Wins over `all` and `in`. */
  readonly notIn: readonly string[];
  /** Of a token: nowhere but here. */
  readonly within: string | null;
};
export const nowhere: Area = { all: false, in: [], notIn: [], within: null };

/** Whether an object lies in a place; the object is given by this alone. */
export type Point = (place: string) => boolean;

export const allowsPoint = (area: Area, isIn: Point): boolean =>
  (area.all || area.in.some(isIn)) && !area.notIn.some(isIn) && (area.within === null || isIn(area.within));

/** A folder covers the net of its very name and all below it. */
export const isNetBelow = (net: string, folder: string): boolean =>
  net === folder || (net.length > folder.length && net[folder.length] === '/' && net.startsWith(folder));

export const netPoint =
  (net: string): Point =>
  (folder) =>
    isNetBelow(net, folder);
