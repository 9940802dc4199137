/**
 * One-time tokens with which hosts join the pair: `HOME/keeper/join-tokens.json`.
 *
 * Responsible for making them, for keeping only their hashes, and for saying whether one is still good. A token is used once, but whoever
 * used it may come again with the same request: its answer may have been lost. Not responsible for admitting anybody (the keeper), nor for
 * how often somebody may try (`join-server.ts`).
 */
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import type { Clock } from '@nezuban/platform/clock';
import { pairTokenPattern } from '@nezuban/protocol/pair/pair-link';
import { voterIdSchema, type VoterId } from '@nezuban/protocol/pair/roster';
import { LinkError } from './link-error.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** Long enough to walk to the other host; short enough that a forgotten one is no door. */
const LIFE_MS = 3_600_000;
/** The oldest one makes room: nobody admits that many hosts within an hour. */
const TOKENS_MAX = 50;
const SECRET_BYTES = 32;
const FILE_NAME = 'join-tokens.json';

const tokenRecordSchema = z.strictObject({
  /** SHA-256 of the secret half, hex. */
  hash: z.string().length(64),
  kind: z.enum(['member', 'witness']),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  /** Who used it, with the hash of its request; null: nobody. */
  used: z.strictObject({ id: voterIdSchema, csr: z.string().length(64) }).nullable(),
});
type TokenRecord = z.infer<typeof tokenRecordSchema>;
const fileSchema = z.strictObject({ tokens: z.array(tokenRecordSchema).max(TOKENS_MAX) });

export type JoinTokenKind = TokenRecord['kind'];

export type TokenJudgement =
  /** `repeats`: the id that it was given before, when the same joiner comes again. */
  | { readonly ok: true; readonly repeats: VoterId | null }
  | {
      readonly ok: false;
      readonly code: 'token-unknown' | 'token-expired' | 'token-used' | 'token-kind';
      readonly says: string;
    };

export type JoinTokens = {
  /** A token that is good for one host; `ca` is the PEM of the CA whose fingerprint it carries. */
  readonly make: (
    kind: JoinTokenKind,
    ca: string,
  ) => Promise<{ readonly token: string; /** RFC 3339. */ readonly expiresAt: string }>;
  /** Changes nothing. */
  readonly judge: (
    token: string,
    request: { readonly kind: JoinTokenKind; readonly csr: string },
  ) => TokenJudgement;
  /** It is used now, by that voter; on the disk when this returns. Before the answer leaves. */
  readonly use: (token: string, by: { readonly id: VoterId; readonly csr: string }) => Promise<void>;
};

export function createJoinTokens(
  ports: { readonly clock: Pick<Clock, 'epochMs'> },
  options: { readonly directory: string },
): JoinTokens {
  const file = path.join(options.directory, FILE_NAME);

  const read = (): readonly TokenRecord[] =>
    readPrivateFile(file, fileSchema, 'remove it; open tokens are void then')?.tokens ?? [];

  const find = (token: string): TokenRecord | undefined => {
    const secret = pairTokenPattern.exec(token)?.[1];
    return secret === undefined ? undefined : read().find((record) => record.hash === sha256(secret));
  };

  /** One change after the other, each on what the one before has written. */
  let changed: Promise<void> = Promise.resolve();
  const change = (to: (tokens: readonly TokenRecord[]) => readonly TokenRecord[]): Promise<void> => {
    const mine = changed.catch(() => undefined).then(() => writePrivateFile(file, { tokens: to(read()) }));
    changed = mine;
    return mine;
  };

  return {
    async make(kind, ca) {
      const now = ports.clock.epochMs();
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      const expiresAt = now + LIFE_MS;
      await change((tokens) => {
        // Expired ones are kept for a while, so that the joiner is told why.
        const alive = tokens.filter((record) => record.expiresAt > now - LIFE_MS);
        return [...alive.slice(-(TOKENS_MAX - 1)), { hash: sha256(secret), kind, expiresAt, used: null }];
      });
      return {
        token: `nzp_${secret}.${fingerprintOf(ca)}`,
        expiresAt: new Date(expiresAt).toISOString(),
      };
    },
    judge(token, request) {
      const record = find(token);
      if (record === undefined)
        return {
          ok: false,
          code: 'token-unknown',
          says: 'This host does not know that token: copy it whole, and give it to the host that made it.',
        };
      if (record.expiresAt <= ports.clock.epochMs())
        return {
          ok: false,
          code: 'token-expired',
          says: 'The token has expired; each is good for an hour: make a new one with "nezuban pair create".',
        };
      if (record.kind !== request.kind)
        return {
          ok: false,
          code: 'token-kind',
          says: `The token was made for a ${record.kind}, and a ${request.kind} wants to join with it: make one of that kind.`,
        };
      if (record.used === null) return { ok: true, repeats: null };
      if (record.used.csr === sha256(request.csr)) return { ok: true, repeats: record.used.id };
      return {
        ok: false,
        code: 'token-used',
        says: 'The token has been used; each is good for one host: make a new one with "nezuban pair create".',
      };
    },
    async use(token, by) {
      const record = find(token);
      if (record === undefined) throw new LinkError('wrong-input', 'That token is not known any more.');
      const used: TokenRecord = { ...record, used: { id: by.id, csr: sha256(by.csr) } };
      await change((tokens) => tokens.map((each) => (each.hash === record.hash ? used : each)));
    },
  };
}

/** SHA-256 over the certificate's DER, base64url: the second half of a token. */
export function fingerprintOf(ca: string): string {
  return createHash('sha256').update(new X509Certificate(ca).raw).digest('base64url');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
