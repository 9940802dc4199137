// The pages of job nets and sessions that pages.test.ts judges, each in the state in which it is judged.
import { press, type PageCase } from './page-case.ts';

export const jobPages: Readonly<Record<string, PageCase>> = {
  'job nets': { address: '/nets', heading: ['Job nets', 'ジョブネット'] },
  'no job nets': { address: '/nets', world: { empty: true }, heading: ['Job nets', 'ジョブネット'] },
  'job net': {
    address: '/net/sample%2Fnight-run',
    heading: ['Night run', 'Night run'],
    act: (page) => page.getByText('customers').waitFor(),
  },
  'job net, arranging': {
    address: '/net/sample%2Fnight-run',
    heading: ['Night run', 'Night run'],
    act: async (page) => {
      await page.getByRole('button', { name: /^(Arrange|配置を変更)$/ }).click();
      await page.getByText('customers').waitFor();
    },
  },
  'job net, schedules': {
    address: '/net/sample%2Fnight-run?tab=schedules',
    heading: ['Night run', 'Night run'],
  },
  'job net, a start prepared': {
    address: '/net/sample%2Fnight-run?tab=schedules',
    heading: ['Night run', 'Night run'],
    act: async (page) => {
      await page
        .getByRole('button', { name: /^(Change the start of|.* の予定を変更$)/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: /^(Change what is prepared|事前指定を変更)/ }).click();
      await page.getByRole('dialog').getByRole('table').waitFor();
    },
  },
  'job net, history': {
    address: '/net/sample%2Fnight-run?tab=history',
    heading: ['Night run', 'Night run'],
  },
  'job net, yaml': { address: '/net/sample%2Fnight-run?tab=yaml', heading: ['Night run', 'Night run'] },
  'job net, versions': {
    address: '/net/sample%2Fnight-run?tab=versions',
    heading: ['Night run', 'Night run'],
    act: (page) => page.getByText('月次締めの手順を追加').first().waitFor(),
  },
  'job net, difference of two versions': {
    address: '/net/sample%2Fnight-run?tab=versions&base=2&rev=3',
    heading: ['Night run', 'Night run'],
    act: (page) => page.getByText('old-cleanup').waitFor(),
  },
  'job net, texts of two versions': {
    address: '/net/sample%2Fnight-run?tab=versions&base=2&rev=3',
    heading: ['Night run', 'Night run'],
    act: async (page) => {
      await page.getByRole('tab', { name: /^(Text|テキスト)$/ }).click();
      await page.locator('[data-side="removed"]').first().waitFor();
    },
  },
  'job net, run dialog': {
    address: '/net/backup',
    heading: ['backup', 'backup'],
    act: (page) => press(page, /^(Run|実行)$/),
  },
  'job net, graph editor': {
    address: '/net/sample%2Fnight-run/edit',
    heading: ['Edit sample/night-run', 'sample/night-run の編集'],
    act: async (page) => {
      await page.locator('.react-flow__node[data-id="check"]').click();
      await page.getByRole('complementary').getByText('check', { exact: true }).waitFor();
    },
  },
  'job net, outline editor': {
    address: '/net/sample%2Fnight-run/edit?view=tree',
    heading: ['Edit sample/night-run', 'sample/night-run の編集'],
    act: (page) => page.getByRole('treeitem').first().click(),
  },
  'job net, table editor': {
    address: '/net/sample%2Fnight-run/edit?view=table',
    heading: ['Edit sample/night-run', 'sample/night-run の編集'],
    act: (page) => page.getByText('loads/customers').waitFor(),
  },
  'job net, editor of starts': {
    address: '/net/sample%2Fnight-run/edit?view=starts',
    heading: ['Edit sample/night-run', 'sample/night-run の編集'],
    act: async (page) => {
      await page.getByRole('button', { name: /^(Add schedule|スケジュールを追加)$/ }).click();
      const calendar = page.getByLabel(/^(Calendar|カレンダ)$/);
      await calendar.selectOption('bank');
      await page.getByRole('button', { name: /^(Add day|開始日を追加)$/ }).click();
      await page.getByRole('button', { name: /^(Add start conditions|起動条件を追加)$/ }).click();
      await page.getByRole('img', { name: /(starts from|までの開始は)/ }).waitFor();
    },
  },
  'job net, YAML editor': {
    address: '/net/sample%2Fnight-run/edit?view=yaml',
    heading: ['Edit sample/night-run', 'sample/night-run の編集'],
  },
  'job net, editor with problems': {
    address: '/net/backup/edit',
    heading: ['Edit backup', 'backup の編集'],
    act: async (page) => {
      await page.getByRole('button', { name: /^(Problems|問題)/ }).click();
      await page.getByRole('button', { name: /dump.*has no target/ }).waitFor();
    },
  },
  'job net, save dialog': {
    address: '/net/sample%2Fnight-run/edit?view=table',
    heading: ['Edit sample/night-run', 'sample/night-run の編集'],
    act: async (page) => {
      await page.getByRole('checkbox', { name: /extract/ }).check();
      await page.keyboard.press('Delete');
      const save = page.getByRole('button', { name: /^(Save…|保存…)$/ });
      await save.and(page.locator(':enabled')).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  'new job net': { address: '/nets/new', heading: ['New job net', 'ジョブネットの新規作成'] },
  'apply YAML': { address: '/nets/apply', heading: ['Apply YAML', 'YAML の適用'] },
  sessions: { address: '/sessions', heading: ['Sessions', 'セッション'] },
  'session, graph': {
    address: '/sessions/43',
    heading: ['Session 43', 'セッション 43'],
    act: (page) => page.getByText('customers').waitFor(),
  },
  'session, unit': {
    address: '/sessions/42?unit=check',
    heading: ['Session 42', 'セッション 42'],
    act: (page) => page.getByText('400 of 400').waitFor(),
  },
  'session, times': {
    address: '/sessions/42?view=gantt',
    heading: ['Session 42', 'セッション 42'],
    act: (page) => page.getByRole('option').nth(2).waitFor(),
  },
  'session, variables': {
    address: '/sessions/42?view=variables',
    heading: ['Session 42', 'セッション 42'],
    act: (page) => page.getByText('NEZUBAN_UNIT').waitFor(),
  },
  'session, table': { address: '/sessions/42?view=table', heading: ['Session 42', 'セッション 42'] },
  'session, editor of one that is not suspended': {
    address: '/sessions/43/edit',
    heading: ['Definition of session 43 of sample/night-run', 'セッション 43(sample/night-run)の定義'],
    act: (page) => page.getByText(/^(Suspend it first|先に一時停止)/).waitFor(),
  },
  'session that is not there': {
    address: '/sessions/9999',
    heading: ['Session 9999', 'セッション 9999'],
    act: (page) => page.getByRole('alert').waitFor(),
  },
};
