/**
 * A trap while monitors look at it: what several rules ask is worked out once, and only when one asks.
 *
 * Responsible for that alone. One lives as long as one call of `judge`.
 */
import type { PlacedTrap } from '../parsed-trap.ts';
import { v1ViewOf, type V1View } from './oid-patterns.ts';
import { foldCase } from './required-literals.ts';
import { createTextProbe, type LiteralBits } from './text-probe.ts';

/** Behind the 8 severities and the 24 facilities: none was given. */
export const noSeverityBit = 1 << 8;
export const noFacilityBit = 1 << 24;

export type Subject = {
  readonly trap: PlacedTrap;
  readonly severityBit: number;
  readonly facilityBit: number;
  readonly folded: () => string;
  readonly v1: () => V1View | null;
  /** Of a literal as it stands, or of a folded one in the folded text. */
  readonly mayHold: (literal: LiteralBits, folded: boolean) => boolean;
};

/** Makes them one after the other: what `next` gives is true until it is called again. */
export function createSubjects(): { readonly next: (trap: PlacedTrap) => Subject } {
  const plainProbe = createTextProbe();
  const foldedProbe = createTextProbe();
  return {
    next(trap) {
      let folded: string | undefined;
      let v1: V1View | null | undefined;
      let isPlainRead = false;
      let isFoldedRead = false;
      const fold = (): string => (folded ??= foldCase(trap.text));
      const { syslog, snmp } = trap;
      return {
        trap,
        severityBit: bitOf(syslog?.severity ?? null, 8, noSeverityBit),
        facilityBit: bitOf(syslog?.facility ?? null, 24, noFacilityBit),
        folded: fold,
        v1: () => (v1 ??= snmp === null ? null : v1ViewOf(snmp)),
        mayHold(literal, isFolded) {
          if (isFolded) {
            if (!isFoldedRead) foldedProbe.read(fold());
            isFoldedRead = true;
            return foldedProbe.mayHold(literal);
          }
          if (!isPlainRead) plainProbe.read(trap.text);
          isPlainRead = true;
          return plainProbe.mayHold(literal);
        },
      };
    },
  };
}

function bitOf(value: number | null, below: number, none: number): number {
  return value === null || value < 0 || value >= below ? none : 1 << value;
}
