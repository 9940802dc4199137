// Job nets that start, contain and wait for each other, for the map of nets in the fake manager's world.
import { jobNetSchema, type JobNetDefinition } from '@nezuban/protocol/jobs/definition';

const net = (name: string, title: string, units: readonly object[], more: object = {}): JobNetDefinition =>
  jobNetSchema.parse({ kind: 'jobnet', name, title, units, ...more });
const own = { name: 'own', command: './run.sh', target: { node: 'local' } };

export const relatedNets = (): JobNetDefinition[] => [
  net('night/settlement', '夜間決済', [
    { name: 'check', type: 'net_ref', net: 'common/check' },
    { name: 'report', type: 'net_start', net: 'night/report', after: ['check'] },
  ]),
  net('night/report', '帳票出力', [
    { name: 'after-close', type: 'net_wait', nets: ['night/close'] },
    { ...own, after: ['after-close'] },
  ]),
  net('night/close', '日締め', [{ name: 'check', type: 'net_ref', net: 'common/check' }], {
    exclusive_with: ['day/online'],
  }),
  net('common/check', '共通チェック', [own]),
  net('day/online', 'オンライン開始', [
    { name: 'after-night', type: 'net_wait', nets: ['night/report', 'night/settlement'] },
    { name: 'tell', type: 'net_start', net: 'day/no-longer-there', after: ['after-night'] },
  ]),
];
