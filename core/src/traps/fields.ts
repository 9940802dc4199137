/**
 * The fields of a trap by name, as its reader collects them.
 *
 * Responsible for names that come twice and for a bound. Called by the readers of syslog and of custom traps.
 */

/** More than any device says. What is beyond is left out of the fields; the raw trap has it all. */
export const FIELDS_MAX = 500;

export type FieldSink = {
  readonly fields: Record<string, string>;
  count: number;
  /** Made for the first name that repeats: the number that its last one got. */
  repeats: Map<string, number> | null;
};

export const createFields = (): FieldSink => ({ fields: {}, count: 0, repeats: null });

/** A name that is there already gets `.2`, `.3` and so on: RFC 5424 lets a parameter repeat, and each value must be found by a condition. */
export function putField(sink: FieldSink, name: string, value: string): void {
  if (sink.count >= FIELDS_MAX || name === '__proto__') return;
  sink.count += 1;
  let free = name;
  if (Object.hasOwn(sink.fields, name)) {
    sink.repeats ??= new Map();
    // From where it ended: a message of nothing but one name must not cost the square of its length.
    let repeat = sink.repeats.get(name) ?? 1;
    do free = `${name}.${(repeat += 1)}`;
    while (Object.hasOwn(sink.fields, free));
    sink.repeats.set(name, repeat);
  }
  sink.fields[free] = value;
}
