// Masks secrets in text that leaves the host. Pure.
// Responsible for what looks like a secret (tokens, keys, passwords, addresses of webhooks) and for what is known to be one, word by word.
// JSON is masked by the names of its keys too. Called by the support bundle for every file in it.
import { isSecretKey, REDACTED, redactSecrets } from '@nezuban/platform/redact';

export type Mask = {
  readonly text: (text: string) => string;
  /** A JSON document, by the names of its keys and then as text. */
  readonly json: (value: unknown) => string;
  /** The log of one of our processes or of PostgreSQL, line by line. */
  readonly log: (text: string) => string;
};

/** A known secret that is shorter would be found in every other word. */
const KNOWN_LENGTH_MIN = 6;
const KNOWN_MAX = 20_000;

/** Each with what stays. The order matters: whole blocks first. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, `${REDACTED} private key`],
  // Inside JSON the line breaks are two characters.
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\\n|[A-Za-z0-9+/=\s])*-----END [A-Z ]*PRIVATE KEY-----/g,
    `${REDACTED} private key`,
  ],
  [/\bnz[a-z]_[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]+)?/g, `${REDACTED} token`],
  [/\$argon2[a-z]*\$[^\s"']+/g, `${REDACTED} hash`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{4,}/gi, `$1 ${REDACTED}`],
  // Addresses keep scheme and host: a path of a webhook is its password.
  [/\b(https?:\/\/)(?:[^\s/@"'<>]*@)?([^\s/?#"'<>\\]+)(?:[/?#][^\s"'<>\\]*)?/gi, `$1$2/${REDACTED}`],
  [/\b(smtps?:\/\/)[^\s"'<>]*@([^\s/"'<>]+)/gi, `$1${REDACTED}@$2`],
  // The cookies of a sign-in.
  [/((?:__Host-)?nezuban)=[A-Za-z0-9_-]{20,}/g, `$1=${REDACTED}`],
  [/\b[0-9a-f]{64}\b/gi, `${REDACTED} hex`],
  // As one-time passwords are made.
  [/\b[2-9a-hjkmnp-z]{4}(?:-[2-9a-hjkmnp-z]{4}){3}\b/g, `${REDACTED} password`],
  [
    /\b(password|passwd|passphrase|secret|token|api[_-]?key|authorization|cookie)(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;}"']+)/gi,
    `$1$2${REDACTED}`,
  ],
];

export const createMask = (known: Iterable<string>): Mask => {
  const words = [...new Set(known)]
    .filter((word) => word.length >= KNOWN_LENGTH_MIN)
    .slice(0, KNOWN_MAX)
    // The longest first: one may be part of another.
    .toSorted((a, b) => b.length - a.length);
  // Inside JSON a secret may be written with escapes.
  const spelled = words.flatMap((word) => {
    const escaped = JSON.stringify(word).slice(1, -1);
    return escaped === word ? [word] : [word, escaped];
  });

  const text = (input: string): string => {
    let masked = input;
    for (const word of spelled) masked = masked.replaceAll(word, REDACTED);
    for (const [shape, instead] of SHAPES) masked = masked.replaceAll(shape, instead);
    return masked;
  };
  const json = (value: unknown): string =>
    text(JSON.stringify(maskEnvironment(redactSecrets(value)), null, 2) ?? 'null');
  const line = (input: string): string => {
    const parsed = parseObject(input);
    return text(
      parsed === null ? maskStatement(input) : JSON.stringify(maskEnvironment(redactSecrets(parsed))),
    );
  };
  return {
    text,
    json,
    // Blocks over several lines first, then line by line.
    log: (input) => text(input).split('\n').map(line).join('\n'),
  };
};

/** PostgreSQL tells the values of a row that it refuses, and literals of a statement. */
const maskStatement = (line: string): string =>
  /\b(STATEMENT|DETAIL|CONTEXT|QUERY):/.test(line)
    ? line
        .replaceAll(/'(?:[^']|'')*'/g, `'${REDACTED}'`)
        .replace(/(Failing row contains |Key \([^)]*\)=)\(.*$/, `$1(${REDACTED})`)
    : line;

const DEPTH_MAX = 12;

/** Values of environment variables of jobs: their names say nothing about whether they are secret. */
const maskEnvironment = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((item) => maskEnvironment(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      /^(env|environment|variables|parameters)$/i.test(key) && typeof item === 'object' && item !== null
        ? Object.fromEntries(Object.keys(item).map((name) => [name, REDACTED]))
        : isSecretKey(key) && typeof item === 'string'
          ? REDACTED
          : maskEnvironment(item, depth + 1),
    ]),
  );
};

const parseObject = (line: string): object | null => {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
};
