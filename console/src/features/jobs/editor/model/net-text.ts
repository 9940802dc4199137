// A draft as YAML text and back. The text is the canonical one, so that a draft and what the manager stores read the same; text that cannot be a
// draft yet stays text, with everything that is wrong at its line. Pure.
import { formatJobNet } from '@nezuban/core/definitions/format-job-net';
import { parseDefinitionFile } from '@nezuban/core/definitions/parse-definition-file';
import { formatPlainYaml, readPlainYaml } from '@nezuban/core/definitions/plain-yaml';
import type { Issue } from '@nezuban/protocol/errors';
import { jobNetSchema, type JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { say } from '@nezuban/protocol/sentences/sentence';
import { draftOf, hasCircle, type DraftNet, type DraftUnit } from './draft-net.ts';

/** The definition in full, if the draft has the form of one; what it says may still be wrong. */
export const definitionOf = (net: DraftNet): JobNetDefinition | null => {
  const parsed = jobNetSchema.safeParse(net);
  return parsed.success ? parsed.data : null;
};

export const textOfDraft = (net: DraftNet): string => {
  const definition = definitionOf(net);
  return definition === null ? formatPlainYaml(net) : formatJobNet(definition);
};

export type DraftText = {
  /** Null: the text is no net that could be shown as a draft. */
  readonly net: DraftNet | null;
  readonly issues: readonly Issue[];
};

export const draftOfText = (text: string): DraftText => {
  const file = parseDefinitionFile(text, { file: '' });
  if (file.ok) {
    const [document, more] = file.documents;
    if (document?.kind !== 'jobnet' || more !== undefined)
      return {
        net: null,
        issues: [{ path: '', ...say('text_one_net'), line: 1 }],
      };
    return { net: draftOf(document.value), issues: [] };
  }
  const value = jobNetSchema.safeParse(readPlainYaml(text));
  const net = value.success ? draftOf(value.data) : null;
  return { net: net !== null && isSound(net.units) ? net : null, issues: file.issues };
};

/** The other views tell units apart by their names and follow edges. */
const isSound = (units: readonly DraftUnit[]): boolean => {
  const names = new Set(units.map(({ name }) => name));
  return (
    names.size === units.length &&
    !hasCircle(units) &&
    units.every((unit) => {
      const edges = unit.after === undefined ? [] : 'any' in unit.after ? unit.after.any : unit.after.all;
      return edges.every((edge) => names.has(edge.unit)) && (unit.units === undefined || isSound(unit.units));
    })
  );
};
