// Job nets that start, contain and wait for each other, for the map of nets in the fake manager's world.
import { jobNetSchema, type JobNetDefinition } from '@nezuban/protocol/jobs/definition';

const net = (
  name: string,
  rest: {
    readonly title: string;
    readonly units: readonly object[];
    readonly exclusive_with?: readonly string[];
  },
): JobNetDefinition => jobNetSchema.parse({ kind: 'jobnet', name, ...rest });
const own = { name: 'own', command: './run.sh', target: { node: 'local' } };

export const relatedNets = (): JobNetDefinition[] => [
  net('night/settlement', {
    title: '夜間決済',
    units: [
      { name: 'check', type: 'net_ref', net: 'common/check' },
      { name: 'report', type: 'net_start', net: 'night/report', after: ['check'] },
    ],
  }),
  net('night/report', {
    title: '帳票出力',
    units: [
      { name: 'after-close', type: 'net_wait', nets: ['night/close'] },
      { ...own, after: ['after-close'] },
    ],
  }),
  net('night/close', {
    title: '日締め',
    units: [{ name: 'check', type: 'net_ref', net: 'common/check' }],
    exclusive_with: ['day/online'],
  }),
  net('common/check', { title: '共通チェック', units: [own] }),
  net('day/online', {
    title: 'オンライン開始',
    units: [
      { name: 'after-night', type: 'net_wait', nets: ['night/report', 'night/settlement'] },
      { name: 'tell', type: 'net_start', net: 'day/no-longer-there', after: ['after-night'] },
    ],
  }),
];
