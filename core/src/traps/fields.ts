/**
 * The fields of a trap by name, as its reader collects them.
 *
 * Responsible for names that come twice and for a bound. Called by the readers of syslog and of custom traps.
 */

/** More than any device says. What is beyond is left out of the fields; the raw trap has it all. */
export const FIELDS_MAX = 500;

export type FieldSink = { readonly fields: Record<string, string>; count: number };

export const createFields = (): FieldSink => ({ fields: {}, count: 0 });

/** A name that is there already gets `.2`, `.3` and so on: RFC 5424 lets a parameter repeat, and each value must be found by a condition. */
export function putField(sink: FieldSink, name: string, value: string): void {
  if (sink.count >= FIELDS_MAX || name === '__proto__') return;
  sink.count += 1;
  let free = name;
  for (let repeat = 2; Object.hasOwn(sink.fields, free); repeat += 1) free = `${name}.${repeat}`;
  sink.fields[free] = value;
}
