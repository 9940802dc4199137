// Masks secrets in what is logged.
// Responsible for finding them by the name of their key, at any depth a log line reasonably has. Pure: returns a copy, never changes its input.
// Not responsible for secrets inside free text. Called by `logger.ts`.

export const REDACTED = '[redacted]';

/** A key that contains one of these words holds a secret: `password`, `adminPassword`, `joinToken`, `set-cookie`, `clientSecret`. */
const SECRET_WORDS =
  /password|passwd|passphrase|token|secret|authorization|credential|cookie|communit|(?:private|api)[_-]?key/i;
/** These name a secret or count secrets, they are none: hiding them would only hide where to look. */
const HARMLESS_KEYS = /(file|id|name|count|hash|path)$/i;
/** Log lines deeper than this are a mistake; what lies below is replaced, so that nothing slips through. */
const DEPTH_MAX = 8;

/** A copy of `value` in which the values of secret keys are masked. Errors stay what they are: the logger's serializer handles them. */
export function redactSecrets(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redactSecrets(item, depth + 1));
  if (!isPlain(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    copy[key] =
      isSecretKey(key) && item !== undefined && item !== null ? REDACTED : redactSecrets(item, depth + 1);
  }
  return copy;
}

export function isSecretKey(key: string): boolean {
  return SECRET_WORDS.test(key) && !HARMLESS_KEYS.test(key);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
