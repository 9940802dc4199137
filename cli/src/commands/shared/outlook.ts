// What a change of rules or rights would stop, in lines for people: before it is made, on the standard error, so that what a program reads stays as
// it is. Pure. Called by `settings set run_as`, `user set` and `user delete`.
import type { OrdersOutlook, RunAsOutlook, StandingOrder } from '@nezuban/protocol/access/outlook';

/** The counts say how many there are. */
const LINES_MAX = 20;

export const runAsLines = ({ items, newCount, newNets, oldCount, hidden }: RunAsOutlook): string[] => {
  const fresh = items
    .filter(({ isNew }) => isNew)
    .map(({ net, unit, target, user, group }) => {
      const as = user === null ? 'as the user of the agent' : `as ${user}`;
      const where = 'node' in target ? `node ${target.node}` : `scope ${target.scope}`;
      return `  ${net} ${unit} (${as}${group === null ? '' : `, group ${group}`}, ${where})`;
    });
  return [
    newCount === 0
      ? 'Nothing that runs today is refused by these rules.'
      : `Units that these rules refuse, and that run today: ${newCount}, in ${newNets} job nets`,
    ...shortened(fresh, newCount),
    ...(oldCount === 0 ? [] : [`Refused by the present rules, too: ${oldCount}`]),
    ...hiddenLine(hidden),
  ];
};

const titles = {
  refused: 'Stops',
  allowed: 'Is allowed again',
  kept: 'Goes on in this name, with the roles of now',
} as const;

export const orderLines = ({ items, counts, hidden }: OrdersOutlook): string[] => [
  ...(['refused', 'allowed', 'kept'] as const).flatMap((turn) => {
    if (counts[turn] === 0) return [];
    const lines = items.filter(({ becomes }) => becomes === turn).map(orderLine);
    return [`${titles[turn]}: ${counts[turn]}`, ...shortened(lines, counts[turn])];
  }),
  ...hiddenLine(hidden),
];

const orderLine = (order: StandingOrder): string => {
  switch (order.what) {
    case 'start':
      return `  ${order.net} starts ${order.other} (${order.units.join(', ')}), saved by ${order.author}`;
    case 'release':
      return `  release ${order.id} of ${order.net}, revision ${order.revision}, at ${order.at}, planned by ${order.author}${order.lacks === null ? '' : `: ${order.lacks}`}`;
    case 'preparation':
      return `  start of ${order.net} by schedule ${order.schedule} at ${order.at}, prepared by ${order.author}`;
  }
};

const shortened = (lines: readonly string[], count: number): string[] => {
  const shown = lines.slice(0, LINES_MAX);
  const rest = count - shown.length;
  return [...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])];
};
const hiddenLine = (hidden: number): string[] =>
  hidden === 0 ? [] : [`Of these in job nets that you may not see: ${hidden}`];
