// The form of a notification rule, and its way to and from the rule. Pure.
import type { z } from 'zod';
import type { EventCode } from '@nezuban/protocol/events/event';
import { notificationRuleSchema, type NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Priority } from '@nezuban/protocol/priority';

export type RuleDraft = {
  /** What the form has no field for: it stays as it is. */
  readonly rest: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly enabled: boolean;
  readonly priorities: readonly Priority[];
  readonly codes: readonly EventCode[];
  readonly nets: readonly string[];
  readonly type: 'mail' | 'webhook';
  readonly host: string;
  readonly port: string;
  readonly security: 'none' | 'starttls' | 'tls';
  readonly user: string;
  /** Empty keeps the stored one. */
  readonly password: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly url: string;
  /** `Name: value`, one a line. */
  readonly headers: string;
};

export const emptyDraft: RuleDraft = {
  rest: {},
  name: '',
  enabled: true,
  priorities: ['critical'],
  codes: [],
  nets: [],
  type: 'mail',
  host: '',
  port: '587',
  security: 'starttls',
  user: '',
  password: '',
  from: '',
  to: [],
  url: '',
  headers: '',
};

export const draftOf = (rule: NotificationRule): RuleDraft => {
  const {
    kind: _kind,
    name: _name,
    enabled: _on,
    priorities: _of,
    codes: _codes,
    nets: _nets,
    ...others
  } = rule;
  const { channel: _own, ...rest } = others;
  const base = {
    ...emptyDraft,
    rest,
    name: rule.name,
    enabled: rule.enabled,
    priorities: rule.priorities,
    codes: rule.codes,
    nets: rule.nets,
  };
  const { channel } = rule;
  // Of named channels alone: the form has no place for them, so it begins empty.
  if (channel === undefined || (channel.type !== 'mail' && channel.type !== 'webhook')) return base;
  if (channel.type === 'mail') {
    const { host, port, security, user } = channel.smtp;
    return {
      ...base,
      type: 'mail',
      host,
      port: String(port),
      security,
      user: user ?? '',
      from: channel.from,
      to: channel.to,
    };
  }
  return {
    ...base,
    type: 'webhook',
    url: channel.url,
    headers: Object.entries(channel.headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  };
};

export type DraftCheck =
  | { readonly ok: true; readonly rule: NotificationRule }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** The rule, or what is wrong by field. Judged by the same schema as at the manager. */
export const checkDraft = (draft: RuleDraft): DraftCheck => {
  const channel =
    draft.type === 'mail'
      ? {
          type: 'mail',
          smtp: {
            host: draft.host,
            port: Number(draft.port),
            security: draft.security,
            ...(draft.user === '' ? {} : { user: draft.user }),
            ...(draft.password === '' ? {} : { password: draft.password }),
          },
          from: draft.from,
          to: draft.to,
        }
      : { type: 'webhook', url: draft.url, headers: parseHeaders(draft.headers) };
  const parsed = notificationRuleSchema.safeParse({
    ...draft.rest,
    kind: 'notification',
    name: draft.name,
    enabled: draft.enabled,
    priorities: draft.priorities,
    codes: draft.codes,
    nets: draft.nets,
    channel,
  });
  if (parsed.success) return { ok: true, rule: parsed.data };
  return {
    ok: false,
    errors: Object.fromEntries(parsed.error.issues.map((issue) => [fieldOf(issue), issue.message])),
  };
};

const parseHeaders = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const colon = line.indexOf(':');
        return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
      }),
  );

const fieldOf = (issue: z.core.$ZodIssue): string => {
  const names = issue.path.map(String).filter((part) => !/^\d+$/.test(part));
  const last = names.at(-1) ?? '';
  return names.includes('headers') ? 'headers' : last;
};
