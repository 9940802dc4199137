// Channels: where notifications go. Those of a rule itself (`channelSchema`), and named ones that rules and escalations share (kind
// `channel`), among them those that act: they start job nets and run commands. More channels are more members of the unions.
import * as z from 'zod';
import { nameSchema, netNameSchema } from '../ids.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

/** One line of visible text: what ends up in a header or a greeting must not begin another line of it. */
const lineOf = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .regex(/^[^\p{Cc}]*$/u, schemaText('no_control_characters'));

/** What stands before the first `/`, `?` or `#` and an `@` in it is user name and password (RFC 3986, 3.2.1); browsers take `\\` for `/`. */
const hasCredentials = (url: string): boolean => /^https?:[\\/]*[^\\/?#]*@/i.test(url.trim());

/** Stands for a stored secret, and keeps it. */
export const maskedSecret = '********';

/** Write-only: the API never returns it; leaving it out keeps the stored one. */
const secretSchema = z.string().max(4096);

const plainUrlSchema = z.url({ protocol: /^https?$/ }).max(2048);
const urlSchema = plainUrlSchema.refine((url) => !hasCredentials(url), schemaText('no_credentials'));

/** The address is the secret: whoever knows it may write there. */
const secretUrlSchema = z
  .string()
  .max(2048)
  .refine(
    (url) =>
      url === maskedSecret ||
      (z.url({ protocol: /^https?$/ }).safeParse(url).success && !hasCredentials(url)),
    schemaText('https_address'),
  );

/** Words with `{{name}}` in them; the names stand in the manual (docs/operating/notifications.md). */
const templateSchema = z.string().max(20_000);

/** Of the words that Nezuban puts in; left out: English. */
const languageSchema = z.enum(['en', 'ja']).optional();
export type MessageLanguage = 'en' | 'ja';

const oauth2Schema = z.strictObject({
  /** Where tokens are given, such as `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`. */
  token_url: urlSchema,
  grant: z.enum(['client_credentials', 'refresh_token']).default('client_credentials'),
  client_id: lineOf(500).min(1),
  client_secret: secretSchema.optional(),
  refresh_token: secretSchema.optional(),
  scope: lineOf(1_000).optional(),
});

export const smtpServerSchema = z.strictObject({
  host: lineOf(255).min(1),
  port: z.int().min(1).max(65535).default(25),
  /** `none`: plain; `starttls`: required upgrade; `tls`: TLS from the first byte. */
  security: z.enum(['none', 'starttls', 'tls']).default('starttls'),
  user: lineOf(255).optional(),
  password: z.string().max(1024).optional(),
  /** Instead of a password. */
  oauth2: oauth2Schema.optional(),
});
export type SmtpServer = z.output<typeof smtpServerSchema>;

export const mailChannelSchema = z.strictObject({
  type: z.literal('mail'),
  smtp: smtpServerSchema,
  /** Tried in order when the one before does not take the message. */
  more_smtp: z.array(smtpServerSchema).min(1).max(5).optional(),
  from: lineOf(320).min(3),
  to: z.array(lineOf(320).min(3)).min(1).max(100),
  cc: z.array(lineOf(320).min(3)).min(1).max(100).optional(),
  language: languageSchema,
  subject: templateSchema.max(500).optional(),
  text: templateSchema.optional(),
});

export const webhookChannelSchema = z.strictObject({
  type: z.literal('webhook'),
  /** The address is shown in lists and logs, so it holds no password. */
  url: plainUrlSchema.refine((url) => !hasCredentials(url), schemaText('no_credentials_in_address')),
  method: z.enum(['POST', 'PUT']).optional(),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
      z
        .string()
        .max(4096)
        .regex(/^[\t\x20-\x7e\x80-\xff]*$/, schemaText('header_value')),
    )
    .default({}),
  /** Left out: the whole message as JSON. Values are escaped as the content type needs. */
  body: templateSchema.optional(),
  content_type: lineOf(200)
    .regex(/^[\w.+-]+\/[\w.+-]+(?:;.*)?$/, schemaText('media_type'))
    .optional(),
  /** The body is signed with it (HMAC-SHA-256), so that the receiver knows who speaks. */
  signing_secret: secretSchema.min(8).optional(),
});

const chatShape = { url: secretUrlSchema, language: languageSchema, text: templateSchema.optional() };
/** Incoming webhooks. */
export const slackChannelSchema = z.strictObject({ type: z.literal('slack'), ...chatShape });
/** A flow "when a webhook request is received" of Workflows. */
export const teamsChannelSchema = z.strictObject({ type: z.literal('teams'), ...chatShape });
export const googleChatChannelSchema = z.strictObject({ type: z.literal('google_chat'), ...chatShape });
export const discordChannelSchema = z.strictObject({ type: z.literal('discord'), ...chatShape });

/** Events API v2. An event that is over resolves its incident. */
export const pagerdutyChannelSchema = z.strictObject({
  type: z.literal('pagerduty'),
  routing_key: secretSchema.min(1),
  url: urlSchema.default('https://events.pagerduty.com/v2/enqueue'),
});

export const syslogFacilityMax = 23;
export const syslogChannelSchema = z.strictObject({
  type: z.literal('syslog'),
  host: lineOf(255).min(1),
  port: z.int().min(1).max(65535).default(514),
  transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
  /** PEM file on the managers' hosts with the authority that the receiver's certificate comes from; left out: those of the system. */
  ca_file: z
    .string()
    .max(1000)
    .regex(/^\/[^\0\n]*$/, schemaText('absolute_path'))
    .optional(),
  format: z.enum(['rfc5424', 'rfc3164']).default('rfc5424'),
  /** 0 to 23; 16 is local0. */
  facility: z.int().min(0).max(syslogFacilityMax).default(16),
  language: languageSchema,
  text: templateSchema.optional(),
});

export const snmpTrapChannelSchema = z.strictObject({
  type: z.literal('snmp_trap'),
  host: lineOf(255).min(1),
  port: z.int().min(1).max(65535).default(162),
  /** An inform is answered by its receiver, a trap by nobody. */
  inform: z.boolean().default(false),
  community: secretSchema.min(1).max(255),
});

/** Starts a job net; the same message starts it once. Values are templates. */
export const jobNetChannelSchema = z.strictObject({
  type: z.literal('job_net'),
  net: netNameSchema,
  parameters: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
        .max(200),
      templateSchema,
    )
    .default({}),
});

/** Runs a command on an agent; what the event says stands in its environment as `NEZUBAN_...`, never in the command line. */
export const commandChannelSchema = z.strictObject({
  type: z.literal('command'),
  /** Left out: the node of the event. */
  node: nameSchema.optional(),
  command: z.string().min(1).max(20_000),
  user: lineOf(100).min(1).optional(),
  timeout_s: z.number().positive().max(86_400).default(60),
});

export const channelSchema = z.discriminatedUnion('type', [
  mailChannelSchema,
  webhookChannelSchema,
  slackChannelSchema,
  teamsChannelSchema,
  googleChatChannelSchema,
  discordChannelSchema,
  pagerdutyChannelSchema,
  syslogChannelSchema,
  snmpTrapChannelSchema,
]);

export type OwnChannel = z.infer<typeof channelSchema>;

/** Also those that act: only whoever may do the same by hand makes or changes one. */
export const anyChannelSchema = z.discriminatedUnion('type', [
  ...channelSchema.options,
  jobNetChannelSchema,
  commandChannelSchema,
]);
export type Channel = z.infer<typeof anyChannelSchema>;
export const channelTypes = anyChannelSchema.options.map(({ shape }) => shape.type.value);

/** Kind `channel` in YAML files. */
export const namedChannelSchema = z.strictObject({
  kind: z.literal('channel'),
  name: nameSchema,
  title: lineOf(200).optional(),
  enabled: z.boolean().default(true),
  /** More messages a minute wait; none is dropped. */
  limit_per_min: z.int().min(1).max(6_000).optional(),
  channel: anyChannelSchema,
});
export type NamedChannelDefinition = z.output<typeof namedChannelSchema>;
