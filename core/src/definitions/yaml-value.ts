// YAML nodes turned into plain values, the strict way: keys are text and stand once, tags and merge keys are refused, aliases are
// counted and so is what they would grow to. Shared values stay shared, so nothing is ever copied for an alias.
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { YamlDocument, YamlProblem } from './yaml-documents.ts';
import { quote } from './path-issue.ts';
import { expandedValuesMax, issuesMax, nestingMax } from './reading-bounds.ts';

export type YamlValue =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] };

/** `size` counts the value and all inside it, aliases expanded. */
type Converted = { readonly value: unknown; readonly size: number };

class Refused extends Error {}

export function yamlValue(document: YamlDocument): YamlValue {
  const reader = new Reader();
  try {
    const { value } = reader.read(document.contents, 0);
    return reader.problems.length === 0 ? { ok: true, value } : { ok: false, problems: reader.problems };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, problems: reader.problems };
    throw error;
  }
}

class Reader {
  readonly problems: YamlProblem[] = [];
  readonly #anchors = new Map<string, Converted>();
  #aliases = 0;
  #values = 0;

  read(node: Node | null, depth: number): Converted {
    if (node === null) return { value: null, size: 1 };
    if (isAlias(node)) return this.#alias(node.source, offsetOf(node));
    if (node.tag !== undefined)
      this.#report(offsetOf(node), say('yaml_tag_on_value', { tag: quote(node.tag) }));
    if (depth > nestingMax) this.#stop(offsetOf(node), say('file_nested_too_deep', { max: nestingMax }));
    const converted = isMap(node)
      ? this.#map(node, depth)
      : isSeq(node)
        ? this.#list(node, depth)
        : this.#scalar(node);
    if ('anchor' in node && typeof node.anchor === 'string') this.#anchors.set(node.anchor, converted);
    return converted;
  }

  #scalar(node: Node): Converted {
    this.#grow(node, 1);
    return { value: isScalar(node) ? node.value : null, size: 1 };
  }

  #list(node: YAMLSeq, depth: number): Converted {
    this.#grow(node, 1);
    let size = 1;
    const value = node.items.map((item) => {
      const converted = this.read(item as Node | null, depth + 1);
      size += converted.size;
      return converted.value;
    });
    return { value, size };
  }

  #map(node: YAMLMap, depth: number): Converted {
    this.#grow(node, 1);
    let size = 1;
    const value: Record<string, unknown> = {};
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair.key, value);
      const converted = this.read(pair.value, depth + 1);
      size += converted.size;
      if (key !== null)
        Object.defineProperty(value, key, {
          value: converted.value,
          writable: true,
          enumerable: true,
          configurable: true,
        });
    }
    return { value, size };
  }

  #key(node: Node, before: Record<string, unknown>): string | null {
    const offset = offsetOf(node);
    if (!isScalar(node)) return this.#report(offset, say('yaml_key_no_text'));
    if (node.tag !== undefined) this.#report(offset, say('yaml_tag_on_key', { tag: quote(node.tag) }));
    const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    if (key === '<<') return this.#report(offset, say('yaml_merge_key'));
    if (Object.hasOwn(before, key)) return this.#report(offset, say('yaml_key_twice', { key: quote(key) }));
    return key;
  }

  #alias(name: string, offset: number): Converted {
    this.#aliases += 1;
    if (this.#aliases > definitionLimits.yamlAliasesMax)
      this.#stop(offset, say('yaml_too_many_aliases', { max: definitionLimits.yamlAliasesMax }));
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) {
      this.#report(offset, say('yaml_alias_without_anchor', { name }));
      return { value: null, size: 1 };
    }
    this.#grow({ range: [offset, offset, offset] }, anchored.size);
    return anchored;
  }

  #grow(node: Pick<Node, 'range'>, values: number): void {
    this.#values += values;
    if (this.#values > expandedValuesMax)
      this.#stop(offsetOf(node), say('yaml_too_many_values', { max: expandedValuesMax }));
  }

  #report(offset: number, said: Said): null {
    this.problems.push({ offset, ...said });
    if (this.problems.length >= issuesMax) throw new Refused();
    return null;
  }

  #stop(offset: number, said: Said): never {
    this.#report(offset, said);
    throw new Refused();
  }
}

export function offsetOf(node: Pick<Node, 'range'>): number {
  return node.range?.[0] ?? 0;
}
