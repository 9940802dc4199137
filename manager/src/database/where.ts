// The WHERE of a list: conditions that are there only when asked for, each with its parameters.
// Responsible for numbering places: each form of a list gets the plan (and index) that fits it. Pure. Called by the stores of lists.

/** A condition that takes the places of its values: `(place) => \`net = ${place(name)}\``. */
export type Condition = (place: (value: unknown) => string) => string;

export type Where = {
  /** Gives the place (`$3`) of a value; for parts of the statement beside the conditions too. */
  readonly place: (value: unknown) => string;
  readonly add: (condition: Condition | undefined) => void;
  /** Left out where the value is undefined. */
  readonly addIf: <Value>(
    value: Value | undefined,
    condition: (value: Value, place: (value: unknown) => string) => string,
  ) => void;
  /** Empty, or `WHERE ...`. */
  readonly sql: () => string;
  readonly values: readonly unknown[];
};

export const createWhere = (): Where => {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const place = (value: unknown): string => `$${values.push(value)}`;
  return {
    place,
    add(condition) {
      if (condition !== undefined) conditions.push(condition(place));
    },
    addIf(value, condition) {
      if (value !== undefined) conditions.push(condition(value, place));
    },
    sql: () => (conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`),
    values,
  };
};

/** Names that begin with the folder: a range that an index on the name serves, since names are compared byte by byte. */
export const isBelow = (column: string, folder: string): Condition => {
  // '0' is the character after '/'.
  return (place) => `(${column} >= ${place(`${folder}/`)} AND ${column} < ${place(`${folder}0`)})`;
};

/** The text as it is: its `%` and `_` are no wild cards. */
export const likePattern = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

/** How text is compared: upper and lower case, full and half width are the same. The columns' side of it is `textIn`. */
export const foldText = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The text is anywhere in one of the columns. For small tables: nothing is kept for it. */
export const textIn = (columns: readonly string[], text: string): Condition => {
  return (place) => {
    const pattern = place(likePattern(foldText(text)));
    return `(${columns.map((column) => `lower(normalize(${column}, NFKC)) LIKE ${pattern}`).join(' OR ')})`;
  };
};
