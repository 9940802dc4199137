// Ends live streams of sign-ins and tokens that were ended past this process: from the host ("nezuban admin reset-password").
// Responsible for asking the database, every few seconds and while there are streams, which of them still stand. What this manager ends
// itself ends its streams at once (access.ts). Made by master.ts.
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { Principal } from '../http/http-ports.ts';
import { signInKey, tokenKey } from './authenticator.ts';

export type StreamWatchPorts = {
  readonly database: Database;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly live: {
    /** Of whom there are streams now. Bounded by their number. */
    readonly keys: () => ReadonlySet<string>;
    readonly endOf: (of: (principal: Principal) => boolean) => void;
  };
};

/** One small question; a screen that goes on for this long after a reset does no harm. */
const LOOK_MS = 3_000;

/** Ends with the returned function, which waits for the question under way. */
export const watchStreams = ({ database, timers, logger, live }: StreamWatchPorts): (() => Promise<void>) => {
  let looking: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    const asked = live.keys();
    if (asked.size === 0) return;
    const standing = await findStanding(database, asked);
    live.endOf(({ key }) => asked.has(key) && !standing.has(key));
  };
  const cancel = timers.every(LOOK_MS, () => {
    looking ??= look()
      // Without a database nobody gets anything new to see either.
      .catch((error: unknown) => logger.debug({ err: error }, 'Whose streams still stand could not be asked'))
      .finally(() => {
        looking = null;
      });
  });
  return async () => {
    cancel();
    await looking;
  };
};

const SIGN_IN = signInKey(Buffer.alloc(0));
const TOKEN = /^token:(\d+)$/;

const findStanding = async (database: Database, asked: ReadonlySet<string>): Promise<ReadonlySet<string>> => {
  const hashes = [...asked]
    .filter((key) => key.startsWith(SIGN_IN))
    .map((key) => Buffer.from(key.slice(SIGN_IN.length), 'base64url'));
  const tokens = [...asked].flatMap((key) => {
    const id = TOKEN.exec(key)?.[1];
    return id === undefined ? [] : [Number(id)];
  });
  const rows = await database.query<{ secret_hash: Buffer | null; token: number | null }>({
    text: `SELECT s.secret_hash, NULL::bigint AS token FROM sign_in s JOIN app_user u ON u.id = s.user_id
           WHERE s.secret_hash = ANY ($1::bytea[]) AND NOT u.disabled
           UNION ALL
           SELECT NULL, t.id FROM api_token t LEFT JOIN app_user u ON u.id = t.user_id
           WHERE t.id = ANY ($2::bigint[]) AND (t.kind = 'local' OR NOT u.disabled)`,
    values: [hashes, tokens],
  });
  return new Set(
    rows.flatMap(({ secret_hash: hash, token }) => [
      ...(hash === null ? [] : [signInKey(hash)]),
      ...(token === null ? [] : [tokenKey(token)]),
    ]),
  );
};
