// Every secret of this host that can be read here, so that none of them leaves it, wherever it was written.
// Responsible for finding them: files of the home, sealed secrets of the database, environment variables of job nets. Called by the bundle.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Database } from '../../database/database.ts';
import { openWith } from '../../files/secret-box.ts';
import { readKeys } from '../../files/secret-key.ts';
import { sealedPlaces } from '../../files/sealed-places.ts';

/** Whole content, a word, or the strings of a JSON file. */
const SECRET_FILES = [
  'cli.json',
  'manager/secret-key',
  'manager/secret-key.former',
  'manager/local-token',
  'manager/one-time-password',
  'manager/ca/ca.key',
  'manager/ca/ca.key.former',
  'manager/ca/exchange.json',
  'manager/ca/server.json',
  'manager/ca/server.pem',
  'intake/orders.json',
  'keeper/pair.json',
  'agent/identity.json',
  'identity.json',
] as const;
/** In these JSON files only these fields are secret; the rest (addresses, names, certificates) is what helps. */
const SECRET_FIELDS = new Set(['token', 'key', 'privateKey', 'secret', 'auth_password', 'priv_password']);
const ENVIRONMENTS_MAX = 5_000;

export const secretsOfHome = (home: string): string[] =>
  [...SECRET_FILES, ...joinTokens(home)].flatMap((name) => {
    let text: string;
    try {
      text = readFileSync(path.join(home, name), 'utf8');
    } catch {
      return [];
    }
    if (name.endsWith('.json')) return fieldsOf(text);
    // A key of several lines is known by each of them.
    return text.split('\n').filter((line) => !line.startsWith('-----'));
  });

const joinTokens = (home: string): string[] => {
  try {
    return readdirSync(path.join(home, 'agent'))
      .filter((name) => name.includes('token'))
      .map((name) => `agent/${name}`);
  } catch {
    return [];
  }
};

const fieldsOf = (text: string): string[] => {
  const found: string[] = [];
  try {
    JSON.parse(text, (key, value: unknown) => {
      if (SECRET_FIELDS.has(key) && typeof value === 'string')
        found.push(value, ...value.split('\n').filter((line) => line !== '' && !line.startsWith('-----')));
      return value;
    });
  } catch {
    // Damaged: its lines are not known, their shapes are.
  }
  return found;
};

export const secretsOfDatabase = async (database: Database, home: string): Promise<string[]> => [
  ...(await sealedSecrets(database, home)),
  ...(await communities(database)),
  ...(await environmentValues(database)),
];

const sealedSecrets = async (database: Database, home: string): Promise<string[]> => {
  const keys = await readKeys(path.join(home, 'manager', 'secret-key')).catch(() => null);
  const found: string[] = [];
  for (const { table, key, box, purposeOf } of sealedPlaces) {
    const rows = await database.query<{ key: string; box: Buffer }>({
      text: `SELECT ${key} AS key, ${box} AS box FROM ${table} WHERE ${box} IS NOT NULL`,
    });
    for (const row of rows) {
      const text = openWith(keys ?? [], row.box, purposeOf(row.key));
      if (text !== null) found.push(text, ...stringsOf(text));
    }
  }
  return found;
};

/** Known to everybody, and words that are needed. */
const OPEN_COMMUNITIES: ReadonlySet<string> = new Set(['public', 'private']);

/** Of SNMPv1 and v2c: settings, and as good as passwords. */
const communities = async (database: Database): Promise<string[]> => {
  const rows = await database.query<{ value: string }>({
    text: `SELECT jsonb_array_elements_text(value #> '{snmp,communities}') AS value FROM setting
           WHERE section = 'intake' AND jsonb_typeof(value #> '{snmp,communities}') = 'array'`,
  });
  return rows.flatMap(({ value }) => (OPEN_COMMUNITIES.has(value) ? [] : [value]));
};

/** Every string inside a JSON document. */
const stringsOf = (text: string): string[] => {
  const found: string[] = [];
  try {
    JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === 'string') found.push(value, ...partsOfUrl(value));
      return value;
    });
  } catch {
    // No JSON: the whole text is known already.
  }
  return found;
};

/** A log may name the path of a webhook without its host. */
const partsOfUrl = (value: string): string[] => {
  if (!URL.canParse(value)) return [];
  const { pathname, search, username, password } = new URL(value);
  return [`${pathname}${search}`, pathname, search, username, password];
};

/** Whatever depth they are at in a definition. */
const environmentValues = async (database: Database): Promise<string[]> => {
  const rows = await database.query<{ value: string }>({
    text: `SELECT DISTINCT pair.value #>> '{}' AS value FROM net_revision r, jsonb_path_query(r.definition, 'lax $.**.environment ? (@.type() == "object").*') AS pair(value)
           UNION SELECT DISTINCT pair.value #>> '{}' FROM net_revision r, jsonb_path_query(r.definition, 'lax $.**.env ? (@.type() == "object").*') AS pair(value)
           LIMIT ${ENVIRONMENTS_MAX}`,
  });
  return rows.flatMap(({ value }) => (value === null ? [] : [value]));
};
