'use strict';
/*
 * Loaded into every Node process of a host under test (NODE_OPTIONS): the wall clock as those processes see it is off by as many
 * milliseconds as the file named by NEZUBAN_HA_CLOCK says, and jumps when the file changes. Monotonic time stays as it is. PostgreSQL still
 * sees the machine's clock, which no test may touch. Written by `faults.ts`.
 */
const fs = require('node:fs');

const file = process.env.NEZUBAN_HA_CLOCK;
const RealDate = Date;
const LOOK_EVERY_MS = 100;
let offset = 0;
let looked = -Infinity;

function offsetNow() {
  const now = performance.now();
  if (now - looked < LOOK_EVERY_MS) return offset;
  looked = now;
  try {
    offset = Number(fs.readFileSync(file, 'utf8')) || 0;
  } catch {
    offset = 0;
  }
  return offset;
}

class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + offsetNow());
    else super(...parts);
  }

  static now() {
    return RealDate.now() + offsetNow();
  }
}

globalThis.Date = ShiftedDate;
if (globalThis.Temporal !== undefined) {
  const instant = () => Temporal.Instant.fromEpochMilliseconds(ShiftedDate.now());
  Object.defineProperty(Temporal.Now, 'instant', { value: instant });
}
