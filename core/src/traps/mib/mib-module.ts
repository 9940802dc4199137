/**
 * What a MIB module says, once it is read: the shapes between `mib-parser.ts` and `mib-tree.ts`, and their bounds.
 */

export const mibLimits = {
  textCharsMax: 5 * 1024 * 1024,
  modulesPerFileMax: 100,
  /** The largest module of a vendor has some ten thousand. */
  definitionsMax: 50_000,
  labelsMax: 4_000,
  /** RFC 2578, 3.1 says 64; vendors are longer. */
  nameCharsMax: 128,
  /** Descriptions are for browsing; what is longer is cut. */
  descriptionCharsMax: 1_500,
  /** The first ones tell enough. */
  problemsMax: 20,
  subIdsMax: 128,
} as const;

export type MibProblem = {
  /** From 1; null: of the module as a whole. */
  readonly line: number | null;
  readonly message: string;
};

export type MibSyntax = {
  readonly type: string;
  /** By number; null: the type itself names none. */
  readonly labels: readonly (readonly [number: number, label: string])[] | null;
};

/** `{ parent 1 2 }`; no parent: all in numbers. */
export type MibOid = { readonly parent: string | null; readonly rest: readonly number[] };

export type MibDefinition =
  | {
      readonly kind: 'node' | 'object' | 'notification';
      readonly name: string;
      readonly line: number;
      readonly oid: MibOid;
      readonly syntax: MibSyntax | null;
      readonly description: string | null;
    }
  /** TRAP-TYPE of SMIv1. */
  | {
      readonly kind: 'trap';
      readonly name: string;
      readonly line: number;
      readonly enterprise: MibOid;
      readonly number: number;
      readonly description: string | null;
    }
  | {
      readonly kind: 'type';
      readonly name: string;
      readonly line: number;
      readonly syntax: MibSyntax;
      readonly hint: string | null;
    };

export type MibModule = {
  readonly name: string;
  /** Symbol to the module that it is taken from. */
  readonly imports: ReadonlyMap<string, string>;
  readonly definitions: readonly MibDefinition[];
  readonly problems: readonly MibProblem[];
};
