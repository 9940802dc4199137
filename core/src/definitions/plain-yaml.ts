// YAML of what is no definition by itself: units on a clipboard, the value of one field, a draft that is not right yet. Read the strict way of
// definition files, written as they are. Called by the console's editor. Not responsible for what the value means.
import { stringify } from 'yaml';
import { readSourceText } from './source-text.ts';
import { readYamlDocuments } from './yaml-documents.ts';
import { yamlValue } from './yaml-value.ts';

/** Undefined for what is no YAML, breaks a bound, or holds more than one document. */
export function readPlainYaml(source: string): unknown {
  const read = readSourceText(source);
  if (!read.ok) return undefined;
  const { documents, problems } = readYamlDocuments(read.text);
  const [document] = documents;
  if (document === undefined || documents.length > 1 || problems.length > 0) return undefined;
  const value = yamlValue(document);
  return value.ok ? value.value : undefined;
}

export function formatPlainYaml(value: unknown): string {
  return stringify(value, { version: '1.2', lineWidth: 0, aliasDuplicateObjects: false });
}
