// Pages of traps that pages.test.ts judges.
import { press, type PageCase } from './page-case.ts';

export const trapPages: Readonly<Record<string, PageCase>> = {
  'traps, received': { address: '/traps/received', heading: ['Traps', 'トラップ'] },
  'traps, none yet': { address: '/traps/received', world: { empty: true }, heading: ['Traps', 'トラップ'] },
  'traps, one': {
    address: '/traps/received?trap=418',
    heading: ['Traps', 'トラップ'],
    act: (page) => page.getByRole('dialog').getByText('ifDescr').first().waitFor(),
  },
  'traps, all filters': {
    address: '/traps/received?node=local&malformed=yes',
    heading: ['Traps', 'トラップ'],
  },
  'traps, senders': { address: '/traps/sources', heading: ['Traps', 'トラップ'] },
  'traps, this is node': {
    address: '/traps/sources',
    heading: ['Traps', 'トラップ'],
    act: (page) => press(page, /This is node|ノードを指定/),
  },
  'traps, monitors': { address: '/traps/monitors', heading: ['Traps', 'トラップ'] },
  'traps, no monitors': {
    address: '/traps/monitors',
    world: { empty: true },
    heading: ['Traps', 'トラップ'],
  },
  'trap monitor, a rule opened': {
    address: '/traps/monitor/core-switches',
    heading: ['基幹スイッチ', '基幹スイッチ'],
    act: async (page) => {
      await page.locator('#rule-toggle-rule-1').click();
      await page.getByText('sw-core-01').first().waitFor();
    },
  },
  'trap monitor, yaml': {
    address: '/traps/monitor/core-switches',
    heading: ['基幹スイッチ', '基幹スイッチ'],
    act: async (page) => {
      await page.getByText('YAML', { exact: true }).click();
      await page.getByText('kind: trap_monitor').waitFor();
    },
  },
  'new trap monitor from a trap': {
    address: '/traps/new-monitor?trap=418',
    heading: ['New trap monitor', 'トラップ監視の作成'],
    act: (page) => page.locator('#rule-toggle-brought').waitFor(),
  },
  'traps, aliases': { address: '/traps/aliases', heading: ['Traps', 'トラップ'] },
  'traps, MIBs': {
    address: '/traps/mibs?oid=1.3.6.1.2.1.2.2.1.8',
    heading: ['Traps', 'トラップ'],
    act: (page) => page.getByText('lowerLayerDown').waitFor(),
  },
  'traps, receivers': {
    address: '/traps/receivers',
    heading: ['Traps', 'トラップ'],
    act: (page) => page.getByText('nezu-b.example.jp').first().waitFor(),
  },
};
