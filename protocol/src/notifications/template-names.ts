// The names that templates of channels may hold, `{{name}}`. The manager fills them (manager/src/notifications/channels/template.ts), the
// console offers them. What each says stands in the manual (docs/operating/notifications.md).

export const templateNames = [
  'subject',
  'text',
  'message',
  'priority',
  'code',
  'node',
  'monitor',
  'key',
  'event',
  'at',
  'rule',
  'delivery',
  'count',
  'more',
  'state',
  'repeat',
  'link',
  'until',
] as const;
export type TemplateName = (typeof templateNames)[number];

/** A detail or a field of the user by its name: `detail.exitCode`, `field.customer`. */
export const templateFamilies = ['detail.', 'field.'] as const;
