// Access tokens for mail servers that take no passwords (RFC 6749, 4.4 and 6).
// Responsible for asking the token server and for keeping a token until shortly before its end. Called by mail.ts.
import type { SmtpServer } from '@nezuban/protocol/notifications/channel';
import * as z from 'zod';

type OAuth2 = NonNullable<SmtpServer['oauth2']>;

/** A token that ends while the mail is on its way is of no use. */
const SPARE_MS = 60_000;
const LIFE_DEFAULT_S = 300;
const ANSWER_CHARS_MAX = 64 * 1024;
const KEPT_MAX = 100;

const answerSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(LIFE_DEFAULT_S),
});

const kept = new Map<string, { readonly token: string; readonly untilMs: number }>();

/** Throws with one sentence if there is none to be had. */
export const accessToken = async (oauth2: OAuth2, signal: AbortSignal): Promise<string> => {
  const key = JSON.stringify(oauth2);
  const known = kept.get(key);
  if (known !== undefined && known.untilMs > Date.now()) return known.token;
  const response = await fetch(oauth2.token_url, {
    method: 'POST',
    redirect: 'manual',
    signal,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: formOf(oauth2),
  });
  const text = (await response.text()).slice(0, ANSWER_CHARS_MAX);
  if (!response.ok)
    throw new Error(`the token server ${new URL(oauth2.token_url).host} answered ${response.status}`);
  const answer = answerSchema.safeParse(parseJson(text));
  if (!answer.success)
    throw new Error(`the token server ${new URL(oauth2.token_url).host} gave no access token`);
  const { access_token: token, expires_in: lifeS } = answer.data;
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, { token, untilMs: Date.now() + lifeS * 1000 - SPARE_MS });
  return token;
};

const formOf = (oauth2: OAuth2): URLSearchParams => {
  const { grant, client_id: id, client_secret: secret, refresh_token: refresh, scope } = oauth2;
  return new URLSearchParams({
    grant_type: grant,
    client_id: id,
    ...(secret === undefined ? {} : { client_secret: secret }),
    ...(grant === 'refresh_token' ? { refresh_token: refresh ?? '' } : {}),
    ...(scope === undefined ? {} : { scope }),
  });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
