/**
 * The body of a custom trap: which form it has, and what is wrong with it if it has none.
 *
 * Responsible for one judgement that door and parser share: what the door takes, the parser understands. Called by the HTTP receivers of the
 * intake, which refuse a bad body while its sender is still there to hear it, and by `parse-custom.ts`.
 */
import {
  CUSTOM_TRAPS_MAX,
  customTrapSchema,
  hinemosBodySchema,
  hinemosItemSchema,
  type CustomTrap,
  type HinemosItem,
} from '@nezuban/protocol/traps/custom-trap';
import { decodeTrapText } from '../decode-text.ts';

/** Where, and what would be right there. */
export type BodyProblem = { readonly path: string; readonly says: string };

export type HinemosEntry =
  | { readonly ok: true; readonly item: HinemosItem }
  | { readonly ok: false; readonly problem: BodyProblem; readonly given: unknown };

export type CustomBody =
  | { readonly form: 'own'; readonly traps: readonly CustomTrap[] }
  | { readonly form: 'hinemos'; readonly facility: string | null; readonly entries: readonly HinemosEntry[] }
  | { readonly form: 'bad'; readonly problem: BodyProblem; readonly text: string };

export function readCustomBody(payload: Uint8Array): CustomBody {
  const { text } = decodeTrapText(payload);
  const bad = (path: string, says: string): CustomBody => ({ form: 'bad', problem: { path, says }, text });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return bad('', `The body must be JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
  if (typeof body !== 'object' || body === null)
    return bad('', 'The body must be a JSON object, or an array of them.');
  if (!Array.isArray(body) && ('FacilityID' in body || 'DATA' in body)) {
    const hinemos = hinemosBodySchema.safeParse(body);
    if (!hinemos.success) return { form: 'bad', problem: firstProblem(hinemos.error, ''), text };
    return {
      form: 'hinemos',
      facility: hinemos.data.FacilityID ?? null,
      entries: hinemos.data.DATA.map(readEntry),
    };
  }
  const given: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (given.length === 0 || given.length > CUSTOM_TRAPS_MAX)
    return bad('', `The array must hold 1 to ${CUSTOM_TRAPS_MAX} traps; it holds ${given.length}.`);
  const traps: CustomTrap[] = [];
  for (const [index, one] of given.entries()) {
    const trap = customTrapSchema.safeParse(one);
    if (!trap.success)
      return {
        form: 'bad',
        problem: firstProblem(trap.error, Array.isArray(body) ? `[${index}]` : ''),
        text,
      };
    traps.push(trap.data);
  }
  return { form: 'own', traps };
}

function readEntry(given: unknown, index: number): HinemosEntry {
  const path = `DATA[${index}]`;
  const read = hinemosItemSchema.safeParse(given);
  if (!read.success) return { ok: false, problem: firstProblem(read.error, path), given };
  if (/^num$/i.test(read.data.TYPE) && !isDecimal(read.data.MSG))
    return {
      ok: false,
      problem: { path: `${path}.MSG`, says: 'must be a number, since TYPE is NUM' },
      given,
    };
  return { ok: true, item: read.data };
}

/** What Java's BigDecimal takes, which is what Hinemos asks. */
function isDecimal(text: string): boolean {
  // Each digit can be read one way alone: a body of nothing but digits takes linear time.
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text);
}

/** Of the schema library. */
type Issues = {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
};

function firstProblem(error: Issues, base: string): BodyProblem {
  const issue = error.issues[0];
  if (issue === undefined) return { path: base, says: 'is not what it should be' };
  let path = base;
  for (const step of issue.path)
    path += typeof step === 'number' ? `[${step}]` : `${path === '' ? '' : '.'}${String(step)}`;
  return { path, says: issue.message };
}
