// My changes put on top of what somebody else has saved meanwhile: three forms of a net become one, unit by unit and field by field. Where both
// have changed the same field, mine counts and the place is named. Pure. Called when a save finds a newer revision.
import { followNames, type DraftNet, type DraftUnit } from './draft-net.ts';

export type MergeClash = {
  /** Path of the unit; empty for the net itself. */
  readonly path: string;
  /** Of the unit; null where one side has taken it away. */
  readonly field: string | null;
};
export type Merged = { readonly net: DraftNet; readonly clashes: readonly MergeClash[] };

type Fields = Readonly<Record<string, unknown>>;
type Three<Value> = { readonly base: Value; readonly mine: Value; readonly theirs: Value };

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export const mergeNets = ({ base, mine, theirs }: Three<DraftNet>): Merged => {
  const clashes: MergeClash[] = [];
  const fields = (path: string, three: Three<Fields>): Fields => {
    const keys = new Set([...Object.keys(three.theirs), ...Object.keys(three.mine)]);
    keys.delete('units');
    const merged: Record<string, unknown> = {};
    for (const key of keys) {
      const [was, my, their] = [three.base[key], three.mine[key], three.theirs[key]];
      const isMine = !isSame(my, was);
      if (isMine && !isSame(their, was) && !isSame(my, their)) clashes.push({ path, field: key });
      const value = isMine ? my : their;
      if (value !== undefined) merged[key] = value;
    }
    return merged;
  };
  const units = (above: string, three: Three<readonly DraftUnit[]>): DraftUnit[] => {
    const [was, my, their] = [three.base, three.mine, three.theirs].map(byName) as [Names, Names, Names];
    const kept: DraftUnit[] = [];
    const take = (name: string): void => {
      const [b, m, t] = [was.get(name), my.get(name), their.get(name)];
      const path = above + name;
      if (m === undefined) {
        // I have taken it away, or they have added it.
        if (b === undefined && t !== undefined) kept.push(t);
        else if (t !== undefined && !isSame(b, t)) clashes.push({ path, field: null });
        return;
      }
      if (t === undefined) {
        if (b !== undefined && isSame(b, m)) return;
        if (b !== undefined) clashes.push({ path, field: null });
        kept.push(m);
        return;
      }
      const inner =
        m.units === undefined
          ? {}
          : { units: units(`${path}/`, { base: b?.units ?? [], mine: m.units, theirs: t.units ?? [] }) };
      kept.push({ ...fields(path, { base: b ?? {}, mine: m, theirs: t }), ...inner } as unknown as DraftUnit);
    };
    for (const name of my.keys()) take(name);
    for (const name of their.keys()) if (!my.has(name)) take(name);
    return withoutLooseEnds(kept);
  };
  const own = fields('', { base, mine, theirs });
  const net = {
    ...own,
    units: units('', { base: base.units, mine: mine.units, theirs: theirs.units }),
  } as unknown as DraftNet;
  return { net, clashes };
};

type Names = ReadonlyMap<string, DraftUnit>;
const byName = (units: readonly DraftUnit[]): Names => new Map(units.map((unit) => [unit.name, unit]));

/** Edges to what one side has taken away go with it. */
export const withoutLooseEnds = (units: readonly DraftUnit[]): DraftUnit[] => {
  const names = new Set(units.map(({ name }) => name));
  return units.map((unit) => {
    const { after } = unit;
    const edges = after === undefined ? [] : 'any' in after ? after.any : after.all;
    const gone = edges.filter((edge) => !names.has(edge.unit));
    return gone.length === 0 ? unit : followNames(unit, new Map(gone.map((edge) => [edge.unit, null])));
  });
};
