// Job nets edited in the console: by mouse and by keyboard alone, in all four views on one draft; problems, saving, another's change, drafts that are
// kept, and a net of thousands of units.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { launchBrowser } from '../support/browser.ts';
import { waitFor } from '../support/wait-for.ts';
import { visitConsole, type Visit } from './console-page.ts';
import { dragTo, keptDrafts } from './editor-kit.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const netName = 'sample/night-run';
const address = '/net/sample%2Fnight-run/edit';

const unitAt = (page: Page, name: string) => page.locator(`.react-flow__node[data-id="${name}"]`);
const boxOf = async (page: Page, name: string) =>
  (await unitAt(page, name).boundingBox()) ?? assert.fail(`${name} is not shown`);
const storedNet = (visit: Visit, name = netName) =>
  visit.server.world.nets.get(name) ?? assert.fail(`no net ${name}`);
const stored = (visit: Visit, name: string): UnitDefinition =>
  storedNet(visit).definition.units.find((unit) => unit.name === name) ?? assert.fail(`no unit ${name}`);
const afterOf = (unit: UnitDefinition) =>
  unit.after === undefined
    ? []
    : ('any' in unit.after ? unit.after.any : unit.after.all).map((edge) => edge.unit);

const openEditor = async (visit: Visit, view = 'graph') => {
  await visit.open(`${address}?view=${view}`);
  if (view === 'graph') await unitAt(visit.page, 'extract').waitFor();
};
const save = async (page: Page, reason: string) => {
  await page.getByRole('button', { name: 'Save…' }).click();
  const dialog = page.getByRole('dialog', { name: /Save a new version/ });
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
};
/** As the browser itself tells of Ctrl+C and Ctrl+V; answers what lies on the clipboard then. */
const clipboard = (page: Page, type: 'copy' | 'paste', text = ''): Promise<string> =>
  page.evaluate(`(() => {
    const data = new DataTransfer();
    data.setData('text/plain', ${JSON.stringify(text)});
    document.body.dispatchEvent(
      new ClipboardEvent('${type}', { clipboardData: data, bubbles: true, cancelable: true }),
    );
    return data.getData('text/plain');
  })()`);

test('graph editor: a unit added, connected by a drag, moved: undone and done again; saved with what is shown before', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Command', exact: true }).click();
  await unitAt(page, 'command').waitFor();
  await page.getByRole('button', { name: /^Problems: 1/ }).waitFor();
  await page.getByRole('textbox', { name: 'Command' }).fill('./notify.sh');
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('notify');
  await name.press('Enter');
  await unitAt(page, 'notify').waitFor();

  const report = await boxOf(page, 'report');
  const notify = await boxOf(page, 'notify');
  await unitAt(page, 'report').hover();
  await dragTo(
    page,
    { x: report.x + report.width, y: report.y + report.height / 2 },
    { x: notify.x, y: notify.y + notify.height / 2 },
  );
  await page.getByRole('button', { name: 'Do not wait for report' }).waitFor();
  await page.getByText('No problems').waitFor();

  const start = await boxOf(page, 'notify');
  await dragTo(
    page,
    { x: start.x + start.width / 2, y: start.y + start.height / 2 },
    { x: start.x + start.width / 2, y: start.y + start.height / 2 + 90 },
  );
  await waitFor(async () => (await boxOf(page, 'notify')).y - start.y > 60);
  await page.getByRole('button', { name: 'Undo: move' }).click();
  await waitFor(async () => Math.abs((await boxOf(page, 'notify')).y - start.y) < 3);
  await page.getByRole('button', { name: 'Redo: move' }).click();
  await waitFor(async () => (await boxOf(page, 'notify')).y - start.y > 60);

  await page.getByRole('button', { name: 'Save…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save a new version of sample/night-run' });
  await dialog.getByText('report -> notify').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await save(page, '通知を追加');
  await page.getByText('Based on revision 4').waitFor();
  assert.deepEqual(afterOf(stored(visit, 'notify')), ['report']);
  assert.ok(storedNet(visit).definition.units.every(({ position }) => position !== undefined));
  await page.getByRole('button', { name: 'Save…' }).and(page.locator(':disabled')).waitFor();
  visit.assertQuiet();
});

test('graph editor: by keyboard alone: walked, added, connected, moved, deleted, undone', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit);
  const graph = page.getByLabel(/arrow keys walk from one to the next/);
  await graph.focus();
  const title = page.getByRole('complementary', { name: 'Properties' });
  await page.keyboard.press('ArrowRight');
  await title.getByText('extract', { exact: true }).waitFor();
  await page.keyboard.press('ArrowRight');
  await title.getByText('loads', { exact: true }).waitFor();
  await page.keyboard.press('n');
  await unitAt(page, 'command').waitFor();
  await page.getByRole('button', { name: 'Do not wait for loads' }).waitFor();
  await graph.focus();
  await page.keyboard.press('c');
  await page.getByText(/From command: choose the unit that follows/).waitFor();
  await unitAt(page, 'report').click();
  await page.getByRole('button', { name: 'Do not wait for command' }).waitFor();
  await graph.focus();
  await page.keyboard.press('Alt+Shift+ArrowDown');
  await page.getByRole('button', { name: 'Undo: move' }).waitFor();
  await page.keyboard.press('Delete');
  await unitAt(page, 'report').waitFor({ state: 'detached' });
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: 'Undo', exact: true }).and(page.locator(':disabled')).waitFor();
  await unitAt(page, 'report').waitFor();
  await unitAt(page, 'command').waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Connect: then choose the unit that follows').waitFor();
  visit.assertQuiet();
});

test('graph editor: a box drawn with Shift: what lies in it is chosen, dragged and aligned together', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit);
  const [report, alarm] = [await boxOf(page, 'report'), await boxOf(page, 'alarm')];
  const edge = (await page.locator('.nz-editor-graph').boundingBox()) ?? assert.fail('no graph');
  await page.keyboard.down('Shift');
  await dragTo(
    page,
    { x: report.x - 12, y: report.y - 30 },
    { x: Math.min(alarm.x + alarm.width + 8, edge.x + edge.width - 4), y: alarm.y + alarm.height + 20 },
  );
  await page.keyboard.up('Shift');
  await page.getByRole('heading', { name: 'Units: 2' }).waitFor();
  await waitFor(async () => {
    if ((await boxOf(page, 'alarm')).y - alarm.y > 50) return true;
    // On a busy machine the box may still be on its way to be a selection.
    await dragTo(
      page,
      { x: report.x + report.width / 2, y: report.y + report.height / 2 },
      { x: report.x + report.width / 2, y: report.y + report.height / 2 + 80 },
    );
    return false;
  });
  assert.ok((await boxOf(page, 'report')).y - report.y > 50);
  await page.getByRole('button', { name: 'Align' }).click();
  await page.getByRole('menuitem', { name: 'Upper edges' }).click();
  await waitFor(async () => Math.abs((await boxOf(page, 'alarm')).y - (await boxOf(page, 'report')).y) < 2);
  await page.getByRole('button', { name: 'Lay out anew' }).click();
  await waitFor(async () => Math.abs((await boxOf(page, 'report')).y - report.y) < 3);
});

test('graph editor: a nested net entered and left; units put into one, and it dissolved again', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit);
  await unitAt(page, 'loads').dblclick();
  await unitAt(page, 'customers').waitFor();
  const crumbs = page.getByRole('navigation', { name: 'Where in the net' });
  await crumbs.getByText('loads').waitFor();
  await crumbs.getByRole('button', { name: netName }).click();
  await unitAt(page, 'check').click();
  await unitAt(page, 'report').click({ modifiers: ['Control'] });
  await page.getByRole('heading', { name: 'Units: 2' }).waitFor();
  await page.keyboard.press('Control+g');
  await unitAt(page, 'group').waitFor();
  await unitAt(page, 'check').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Dissolve the nested net' }).click();
  await unitAt(page, 'check').waitFor();
  visit.assertQuiet();
});

test('editor: units copied into another net in another window, as text of the clipboard', async () => {
  await using visit = await visitConsole(browser);
  const { page, context, server } = visit;
  await openEditor(visit);
  await unitAt(page, 'check').click();
  await unitAt(page, 'report').click({ modifiers: ['Control'] });
  const text = await clipboard(page, 'copy');
  assert.match(text, /^units:\n {2}- name: check\n/);
  const other = await context.newPage();
  await other.goto(`${server.url}/net/backup/edit`);
  await unitAt(other, 'dump').waitFor();
  await clipboard(other, 'paste', text);
  await unitAt(other, 'report').waitFor();
  await other.getByRole('heading', { name: 'Units: 2' }).waitFor();
  visit.assertQuiet();
});

test('editor: something wrong: said at the unit, in the list and at the field; saved only once it is right', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit);
  await unitAt(page, 'extract').click();
  await page.getByRole('textbox', { name: 'Timeout (s)' }).fill('soon');
  await page.getByRole('button', { name: /^Problems: 1/ }).waitFor();
  await page
    .getByRole('complementary')
    .getByText(/must be a number/)
    .waitFor();
  await page.locator('.react-flow__node[data-id="extract"] .nz-editor-node-problem').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save…' }).isDisabled());
  await page.keyboard.press('Tab');
  await unitAt(page, 'check').click();
  await page.getByRole('button', { name: /^Problems: 1/ }).click();
  await page.getByRole('button', { name: /extract timeout_s must be a number/ }).click();
  const field = page.getByRole('textbox', { name: 'Timeout (s)' });
  await field.fill('900');
  await page.getByText('No problems').waitFor();
  const title = page.getByRole('complementary').getByRole('textbox', { name: 'Title' });
  await title.fill('mistyped');
  const warning = page.getByRole('button', { name: /^Names of what is not there/ });
  await warning.getByText('There is no node mistyped').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Save…' }).isEnabled());
  await title.fill('');
  await page.getByText('No problems').waitFor();
  await save(page, '');
  const unit = stored(visit, 'extract');
  assert.ok('timeout_s' in unit && unit.timeout_s === 900);
  visit.assertQuiet();
});

test('editor: changed by somebody else meanwhile: compared, and mine put on top of theirs', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await openEditor(visit);
  await unitAt(page, 'extract').click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Mine');
  const net = storedNet(visit);
  server.world.nets.set(netName, {
    ...net,
    revision: net.revision + 1,
    updatedBy: 'hanako',
    definition: { ...net.definition, description: 'by hanako' },
  });
  await page.getByText('No problems').waitFor();
  await page.getByRole('button', { name: 'Save…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  const conflict = page.getByRole('dialog', { name: 'It has been changed meanwhile' });
  await conflict.getByText('hanako has saved revision 4').waitFor();
  await conflict.getByText('by hanako').waitFor();
  await conflict.getByRole('button', { name: 'Mine on top of theirs' }).click();
  const dialog = page.getByRole('dialog', { name: /Save a new version/ });
  await dialog.getByText('Mine', { exact: true }).first().waitFor();
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Based on revision 5').waitFor();
  assert.equal(storedNet(visit).definition.description, 'by hanako');
  assert.equal(stored(visit, 'extract').title, 'Mine');
  visit.assertQuiet();
});

test('editor: another saves while I have changes: told at once; without changes the newest is shown', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  await openEditor(visit);
  const put = (description: string) => {
    const net = storedNet(visit);
    server.world.nets.set(netName, {
      ...net,
      revision: net.revision + 1,
      updatedBy: 'hanako',
      definition: { ...net.definition, description },
    });
    server.world.publish({ type: 'netsChanged', names: [netName] });
  };
  put('first');
  await page.getByText('Based on revision 4').waitFor();
  await unitAt(page, 'extract').click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Mine');
  put('second');
  await page.getByRole('alert').getByText('hanako has saved revision 5 since you began.').waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await page.getByText('Based on revision 5').waitFor();
  visit.assertQuiet();
});

test('editor: a tab that is lost: its draft is offered, continued, or thrown away', async () => {
  await using visit = await visitConsole(browser);
  const { page, context, server } = visit;
  await openEditor(visit);
  await unitAt(page, 'extract').click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Half done');
  await page.getByText('Not saved yet').waitFor();
  await waitFor(() => keptDrafts(page));
  await page.close();
  const next = await context.newPage();
  await next.goto(server.url + address);
  await next.getByText(/A draft of sample\/night-run of/).waitFor();
  await next.getByRole('button', { name: 'Continue with the draft' }).click();
  await unitAt(next, 'extract').getByText('Half done').waitFor();
  await next.getByRole('button', { name: 'Discard changes' }).click();
  await next.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await unitAt(next, 'extract').getByText('extract', { exact: true }).waitFor();
});

test('editor: left with changes: asked; staying keeps them', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit);
  await unitAt(page, 'extract').click();
  await page.getByRole('textbox', { name: 'Title' }).fill('Mine');
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await page.getByRole('textbox', { name: 'Title' }).inputValue(), 'Mine');
  await page.getByRole('tab', { name: 'Table' }).click();
  await page.getByRole('button', { name: 'Title of extract: Mine' }).waitFor();
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  await dialog.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor();
  visit.assertQuiet();
});

test('outline: units moved up, down, in and out by keyboard, on the same draft as the graph', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit, 'tree');
  const tree = page.getByRole('tree', { name: 'Outline of the units' });
  const names = async () => {
    const rows = await tree.getByRole('treeitem').all();
    return Promise.all(
      rows.map(
        async (row) =>
          `${await row.getAttribute('aria-level')} ${await row.locator('.nz-editor-tree-name').innerText()}`,
      ),
    );
  };
  await tree.getByText('alarm', { exact: true }).click();
  await page.keyboard.press('Alt+ArrowUp');
  await waitFor(async () => (await names()).at(-1) === '1 report');
  await page.keyboard.press('Alt+ArrowRight');
  await waitFor(async () => (await names()).includes('2 alarm'));
  await page.keyboard.press('Alt+ArrowLeft');
  await waitFor(async () => (await names())[5] === '1 alarm');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await tree.getByRole('treeitem', { selected: true }).getByText('orders', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Graph' }).click();
  await unitAt(page, 'alarm').waitFor();
  await page.getByRole('button', { name: 'Undo: move in the outline' }).click();
  await page.getByRole('tab', { name: 'Outline' }).click();
  await tree
    .getByText('extract', { exact: true })
    .dragTo(tree.getByText('loads', { exact: true }), { targetPosition: { x: 8, y: 12 } });
  await waitFor(async () => (await names()).includes('2 extract'));
  await tree.getByText('stock', { exact: true }).click();
  await page.keyboard.press('n');
  await waitFor(async () => (await names()).includes('2 command'));
  visit.assertQuiet();
});

test('table: a cell, many rows at once, cells of a spreadsheet: one step each, the same draft in YAML', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit, 'table');
  await page.getByRole('button', { name: /^OS user of extract/ }).click();
  await page.getByRole('textbox', { name: 'OS user' }).fill('batch');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'OS user of extract: batch' }).waitFor();
  await page.getByRole('checkbox', { name: 'Choose all rows' }).check();
  await page.getByRole('textbox', { name: 'Value' }).fill('@batch any');
  await page.getByRole('button', { name: 'Set in 8' }).click();
  await page.getByRole('button', { name: 'Runs on of alarm: @batch any' }).waitFor();
  await page.getByRole('button', { name: 'Undo: change a property' }).click();
  await page.getByRole('button', { name: 'Runs on of alarm: ', exact: true }).waitFor();
  await clipboard(page, 'paste', 'Name\tTimeout (s)\tretry\nalarm\t30\t2 / 10\ncleanup\t5\t\n');
  const dialog = page.getByRole('dialog', { name: 'Paste cells of a spreadsheet' });
  await dialog.getByText('Units changed: 1, added: 1').waitFor();
  await dialog.getByRole('button', { name: 'Put into the net' }).click();
  await page.getByRole('button', { name: 'Automatic retry of alarm: 2 / 10' }).waitFor();
  await page.getByRole('tab', { name: 'YAML' }).click();
  const text = await page.getByLabel('Definition as YAML').inputValue();
  assert.match(text, /name: cleanup/);
  assert.match(text, /timeout_s: 30\n/);
  visit.assertQuiet();
});

test('YAML: problems by line; what is no net yet stays text; what is one is the draft of the other views', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await openEditor(visit, 'yaml');
  const text = page.getByLabel('Definition as YAML');
  const given = await text.inputValue();
  await text.fill(given.replace('- check\n', '- nowhere\n'));
  await page.getByText('This text is no job net yet.').waitFor();
  await page
    .getByRole('button', { name: /^Line \d+$/ })
    .first()
    .waitFor();
  await page.getByRole('tab', { name: 'Graph' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await text.fill(given.replace('name: extract', 'name: unload').replace('- extract\n', '- unload\n'));
  await page.getByRole('button', { name: 'Undo: change the text' }).waitFor();
  await page.getByRole('tab', { name: 'Graph' }).click();
  await unitAt(page, 'unload').waitFor();
  await page.keyboard.press('Control+z');
  await unitAt(page, 'extract').waitFor();
  visit.assertQuiet();
});

test('new job net: named, drawn, saved; a copy has the units and no schedules', async () => {
  await using visit = await visitConsole(browser);
  const { page } = visit;
  await visit.open('/nets/new');
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('backup');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByText('A job net of this name is there already.').waitFor();
  await name.fill('night/first');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { name: 'New job net night/first' }).waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Wait', exact: true }).click();
  await page.getByText('No problems').waitFor();
  await waitFor(() => keptDrafts(page));
  await save(page, 'first');
  await page.getByRole('heading', { name: 'Edit night/first' }).waitFor();
  assert.equal(storedNet(visit, 'night/first').definition.units[0]?.type, 'wait');

  await visit.open('/nets/new?from=sample%2Fnight-run');
  await page.getByRole('button', { name: 'Begin' }).click();
  await unitAt(page, 'extract').waitFor();
  await save(page, 'copy');
  await page.getByRole('heading', { name: 'Edit sample/night-run-copy' }).waitFor();
  const copy = storedNet(visit, 'sample/night-run-copy').definition;
  assert.equal(copy.units.length, 5);
  assert.deepEqual(copy.schedules, []);
  visit.assertQuiet();
});

test('editor: who else edits it is said, in the editor and in the list; who may only look cannot change it', async () => {
  await using visit = await visitConsole(browser);
  const { page, server } = visit;
  server.world.editing.push({
    net: netName,
    user: 'hanako',
    since: new Date().toISOString(),
  });
  await openEditor(visit);
  await page.getByText(/Also open in an editor: hanako/).waitFor();
  await visit.open('/nets');
  await page.getByText('edited by hanako').waitFor();
  visit.assertQuiet();

  await using looking = await visitConsole(browser, { me: 'suzuki' });
  await openEditor(looking);
  await looking.page.getByText(/You may look at it/).waitFor();
  assert.equal(await looking.page.getByRole('button', { name: 'Save…' }).count(), 0);
  await unitAt(looking.page, 'extract').click();
  assert.ok(await looking.page.getByRole('textbox', { name: 'Title' }).isDisabled());
  await looking.page.keyboard.press('Delete');
  await unitAt(looking.page, 'extract').waitFor();
  looking.assertQuiet();
});

test('graph editor: 5,000 units: boxed from afar, moved together, undone', async () => {
  await using visit = await visitConsole(browser, { largeUnits: 5000 });
  const { page } = visit;
  await visit.open('/net/large/edit');
  await page.getByRole('img', { name: /Overview of/ }).waitFor();
  const graph = (await page.locator('.nz-editor-graph').boundingBox()) ?? assert.fail('no graph');
  await page.getByRole('button', { name: 'Select by drawing a box' }).click();
  await dragTo(
    page,
    { x: graph.x + 80, y: graph.y + 4 },
    { x: graph.x + graph.width - 4, y: graph.y + graph.height - 4 },
  );
  await page.getByRole('heading', { name: /Units: [\d,]+/ }).waitFor();
  await page.getByLabel(/arrow keys walk from one to the next/).focus();
  await page.keyboard.press('Alt+Shift+ArrowRight');
  await page.getByRole('button', { name: 'Undo: move' }).click();
  await page.getByRole('tab', { name: 'Table' }).click();
  await page
    .getByRole('checkbox', { name: /^Choose / })
    .nth(5)
    .waitFor();
  visit.assertQuiet();
});
