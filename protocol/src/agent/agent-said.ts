// What an agent says, by its code: the form in which it crosses the link, and what of it is believed.
// Responsible for the bounds. A manager takes nothing but the codes of `agentSentences` with exactly their places; what does not fit (a newer
// agent's, a broken one's) is as if it had not been said, and the English text beside it counts. Pure. Called by the agent (`saidByAgent`) and by
// whoever takes receipts (`sentenceOfAgent`). Not responsible for the sentences: sentences/agent-sentences.ts, the only one that agents load.
import * as z from 'zod';
import { agentSentences } from '../sentences/agent-sentences.ts';

export type AgentCode = keyof typeof agentSentences;
/** A text, a number, or a word that has two languages. */
export type AgentValue = string | number | { readonly code: AgentCode };
export type AgentValues = Readonly<Record<string, AgentValue>>;
export type AgentSentence = { readonly code: AgentCode; readonly values?: AgentValues };
/** With its English text, which is all that there is where `said` is null. */
export type AgentReason = { readonly text: string; readonly said: AgentSentence | null };

/** Of one value: a path is at most 4,096 bytes, and one this long helps nobody who reads a reason. */
const VALUE_CHARS_MAX = 1_000;
const CODE_CHARS_MAX = 60;

const codeSchema = z.string().max(CODE_CHARS_MAX);
/** PostgreSQL takes no NUL in a text. */
const textSchema = z
  .string()
  .max(VALUE_CHARS_MAX)
  .refine((text) => !text.includes('\0') && text.isWellFormed());
/** What does not fit is left out: it must not cost the receipt. */
export const agentSaidSchema = z
  .object({
    code: codeSchema,
    values: z
      .record(codeSchema, z.union([textSchema, z.number(), z.object({ code: codeSchema })]))
      .optional(),
  })
  .optional()
  .catch(undefined);
export type AgentSaidReceived = z.infer<typeof agentSaidSchema>;

const place = /\{(\w+)\}/gu;

/** What is believed; undefined: nothing was said by code, or not by one that is known here with just these places. */
export function sentenceOfAgent(received: AgentSaidReceived): AgentSentence | undefined {
  if (received === undefined || !isAgentCode(received.code)) return undefined;
  const { code, values = {} } = received;
  const places = new Set(placesOf(code));
  const given = Object.entries(values);
  if (
    given.length !== places.size ||
    !given.every(([name, value]) => places.has(name) && isAgentValue(value))
  )
    return undefined;
  return given.length === 0 ? { code } : { code, values: values as AgentValues };
}

/** The agent's side. */
export function saidByAgent(code: AgentCode, values: AgentValues = {}): AgentReason {
  const said: AgentSentence = Object.keys(values).length === 0 ? { code } : { code, values };
  return { said, text: englishOf(said) };
}

/** As it is sent; what is too long for the link is said in English alone. */
export function sendable(said: AgentSentence | null): AgentSaidReceived {
  return agentSaidSchema.parse(said ?? undefined);
}

function englishOf({ code, values = {} }: AgentSentence): string {
  return agentSentences[code].en.replaceAll(place, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return whole;
    return typeof value === 'object' ? agentSentences[value.code].en : String(value);
  });
}

export function isAgentCode(code: string): code is AgentCode {
  return Object.hasOwn(agentSentences, code);
}

/** A word inside a sentence has no places of its own. */
function isAgentValue(value: string | number | { readonly code: string }): value is AgentValue {
  return typeof value !== 'object' || (isAgentCode(value.code) && placesOf(value.code).length === 0);
}

function placesOf(code: AgentCode): string[] {
  return [...agentSentences[code].en.matchAll(place)].map(([, name = '']) => name);
}
