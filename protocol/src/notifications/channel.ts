// Channels: where notifications go. More channels are more members of the union.
import * as z from 'zod';

/** One line of visible text: what ends up in a header or a greeting must not begin another line of it. */
const lineOf = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .regex(/^[^\p{Cc}]*$/u, 'must not hold line breaks or control characters');

/** What stands before the first `/`, `?` or `#` and an `@` in it is user name and password (RFC 3986, 3.2.1); browsers take `\\` for `/`. */
const hasCredentials = (url: string): boolean => /^https?:[\\/]*[^\\/?#]*@/i.test(url.trim());

export const mailChannelSchema = z.strictObject({
  type: z.literal('mail'),
  smtp: z.strictObject({
    host: lineOf(255).min(1),
    port: z.int().min(1).max(65535).default(25),
    /** `none`: plain; `starttls`: required upgrade; `tls`: TLS from the first byte. */
    security: z.enum(['none', 'starttls', 'tls']).default('starttls'),
    user: lineOf(255).optional(),
    /** Write-only: the API never returns it; leaving it out keeps the stored one. */
    password: z.string().max(1024).optional(),
  }),
  from: lineOf(320).min(3),
  to: z.array(lineOf(320).min(3)).min(1).max(100),
});

export const webhookChannelSchema = z.strictObject({
  type: z.literal('webhook'),
  /** The address is shown in lists and logs, so it holds no password. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .refine(
      (url) => !hasCredentials(url),
      'must not hold a user name or password; send them in an Authorization header',
    ),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
      z
        .string()
        .max(4096)
        .regex(
          /^[\t\x20-\x7e\x80-\xff]*$/,
          'must hold only characters that a header can carry: no line breaks, nothing beyond Latin-1',
        ),
    )
    .default({}),
});

export const channelSchema = z.discriminatedUnion('type', [mailChannelSchema, webhookChannelSchema]);
export type Channel = z.infer<typeof channelSchema>;
