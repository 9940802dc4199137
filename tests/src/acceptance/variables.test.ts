/**
 * Variables over the real product: a net that refers to another, parameters of types, outputs that later units use, scripts, and secrets, with
 * a kill of the manager in the middle; then the secrets are looked for in everything that there is.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { operations } from '@nezuban/protocol/api/operations';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { createScratchHome } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { choosePlace, repositoryRoot, startProduct, waitForLocalAgent, type Product } from './product.ts';

const CLI = path.join(repositoryRoot, 'cli/bin/nezuban');
const CLI_TIMEOUT_MS = 300_000;
const END_MS = 300_000;
const asked = 'Zq7-asked-hunter2';
const kept = 'Xv9-kept-hunter3';
const taken = 'Pm4-taken-hunter4';

type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

const nets = (folder: string): string => `kind: jobnet
name: parts/load
target: { node: local }
parameters:
  - { name: FILE }
  - { name: ROWS, type: number, min: 1 }
  - { name: PASSWORD, type: secret }
units:
  - name: load
    script: |
      #!/usr/bin/env bash
      read -r line
      echo "load $FILE with $ROWS rows in $NEZUBAN_NET, password \${#PW} characters, stdin \${#line}, arg $1"
      echo "leak $PW and $line"
      cat "$CREDENTIALS"
      while [ ! -e ${folder}/gate ]; do sleep 0.1; done
      echo "token=$(printf '%s' '${taken.slice(0, 9)}')$(printf '%s' '${taken.slice(9)}')"
    arguments: ["{{parameter.FILE}}"]
    environment: { PW: "{{parameter.PASSWORD}}" }
    stdin: "{{secret.database}}\\n"
    files: { CREDENTIALS: "user:{{secret.database}}\\n" }
    outputs: [{ name: TOKEN, regex: "token=(.*)", secret: true }]
  - name: use
    after: [load]
    command: 'printf %s "$T" | wc -c; printf %s "$PW" | wc -c; echo "it is $T"'
    environment: { T: "{{unit.load.output.TOKEN}}", PW: "{{parameter.PASSWORD}}" }
---
kind: jobnet
name: night
timezone: Asia/Tokyo
target: { node: local }
parameters:
  - { name: DAY, type: date, default: today, format: YYYYMMDD }
  - { name: MODE, type: choice, choices: [full, part] }
  - { name: PASSWORD, type: secret }
units:
  - name: extract
    command: 'echo "file=$DAY-$MODE.csv"; echo "{\\"rows\\": 42}" >&2; exit 3'
    exit_codes: { normal: "3" }
    outputs:
      - { name: FILE, regex: "file=(.*)" }
      - { name: ROWS, from: stderr, json: $.rows }
  - name: enough
    type: judgment
    after: [extract]
    if: { unit: extract, output: ROWS, at_least: 10 }
  - name: load
    type: net_ref
    net: parts/load
    after: [{ unit: enough, on: [true] }]
    parameters:
      FILE: "/in/{{unit.extract.output.FILE}}"
      ROWS: "{{unit.extract.output.ROWS}}"
      PASSWORD: "{{parameter.PASSWORD}}"
  - name: list
    after: [extract]
    command: [printf, '%s|%s|%s|%s', "{{unit.extract.output.FILE}}", "{{previous.exit_code}}", "{{date:YYYYMMDD}}", "{{.Names}}"]
  - name: say
    type: event_send
    after: [load]
    message: "{{unit.extract.output.FILE}} loaded, {{unit.extract.exit_code}}"
`;

describe('variables', { timeout: 1_200_000 }, () => {
  let home: ReturnType<typeof createScratchHome>;
  let folder: string;
  let product: Product;
  before(async () => {
    home = createScratchHome();
    folder = await mkdtemp(path.join(os.tmpdir(), 'nz-var-'));
    product = await startProduct(await choosePlace(home.path));
    await waitForLocalAgent(product);
  });
  after(async () => {
    await product?.stop();
    await home?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const cli = async (words: readonly string[], input = ''): Promise<Said> =>
    await new Promise((resolve) => {
      const env = { ...process.env, NEZUBAN_HOME: product.place.home, NEZUBAN_URL: '', NEZUBAN_TOKEN: '' };
      const child = execFile(CLI, [...words], { env, timeout: CLI_TIMEOUT_MS }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.end(input);
    });
  const must = async (words: readonly string[], input = ''): Promise<string> => {
    const said = await cli(words, input);
    assert.equal(said.code, 0, `${words.join(' ')}: ${said.stderr}`);
    return said.stdout;
  };
  const apply = async (text: string): Promise<Said> => {
    const file = path.join(folder, 'net.yaml');
    await writeFile(file, text);
    return await cli(['apply', file]);
  };
  const session = async (id: number): Promise<SessionDetail> =>
    await product.call(operations.getSession, { params: { id } });
  const unitOf = (detail: SessionDetail, unit: string) => detail.units.find((each) => each.path === unit);
  const outputOf = async (detail: SessionDetail, unit: string): Promise<string> => {
    const id = unitOf(detail, unit)?.attempts[0]?.id;
    assert.ok(id !== undefined, `${unit} has an attempt`);
    const read = async () =>
      await product.call(operations.getOutput, {
        params: { attemptId: id },
        query: { stream: 'stdout' } as never,
      });
    return (
      await waitFor(async () => ((await read()).complete ? await read() : false), { timeoutMs: END_MS })
    ).text;
  };
  const ended = async (id: number): Promise<SessionDetail> =>
    await waitFor(
      async () => {
        const detail = await session(id);
        return detail.state === 'ended' && detail;
      },
      { timeoutMs: END_MS },
    );

  test('references: to what is not there, in a circle, without a value: refused with the place', async () => {
    const net = (name: string, units: string) =>
      `kind: jobnet\nname: ${name}\ntarget: { node: local }\nunits:\n${units}\n`;
    const refer = (to: string) => `  - { name: r, type: net_ref, net: ${to} }`;
    assert.match((await apply(net('a', refer('b')))).stderr, /there is no job net "b"/);
    assert.equal((await apply(net('a', '  - { name: x, command: "true" }'))).code, 0);
    assert.equal((await apply(net('b', refer('a')))).code, 0);
    assert.match((await apply(net('a', refer('b')))).stderr, /"a" -> "b" -> "a"/);
    const demanding = net('a', '  - { name: x, command: "true" }').replace(
      'units',
      'parameters: [{ name: P }]\nunits',
    );
    assert.match((await apply(demanding)).stderr, /"b" refers to it.*gives no value for the parameter "P"/s);
    const gone = await cli(['net', 'delete', 'a']);
    assert.match(gone.stderr, /"b" refers to it/);
    assert.notEqual(gone.code, 0);
  });

  test('secrets: kept by the command line, asked of nobody by argument', async () => {
    await must(['secret', 'set', 'database', '--description', 'of the ledger'], `${kept}\n`);
    const listed = await must(['secret', 'list']);
    assert.match(listed, /database/);
    assert.equal(listed.includes(kept), false);
    const said = await apply(nets(folder));
    assert.equal(said.code, 0, said.stderr);
  });

  test('a session: parameters, outputs, a net inside, a kill of the manager in the middle', async () => {
    const file = path.join(folder, 'password');
    await writeFile(file, `${asked}\n`);
    const wrong = await cli(['run', 'night', '--parameter', 'MODE=whole', '--secret', `PASSWORD=${file}`]);
    assert.match(wrong.stderr, /MODE.*must be one of full, part/s);
    const started = await must([
      'run',
      'night',
      '--parameter',
      'MODE=full',
      '--secret',
      `PASSWORD=${file}`,
      '--json',
    ]);
    const { id } = JSON.parse(started) as { id: number };
    await waitFor(async () => unitOf(await session(id), 'load/load')?.state === 'running', {
      timeoutMs: END_MS,
    });
    assert.equal(execFileSync('ps', ['-eo', 'args']).includes('hunter'), false, 'in no argument');
    // A new revision of the inner net while the session runs: it keeps the one that it began with.
    assert.equal(
      (
        await apply(
          nets(folder)
            .replace('name: use', 'name: used')
            .replace('[load]\n    command', '[load]\n    title: x\n    command'),
        )
      ).code,
      0,
    );
    for (const { pid } of product.processes('manager')) process.kill(pid, 'SIGKILL');
    await waitFor(async () => (await session(id).catch(() => null)) !== null, { timeoutMs: END_MS });
    fs.writeFileSync(path.join(folder, 'gate'), '');
    const detail = await ended(id);
    assert.equal(
      detail.endStatus,
      'normal',
      JSON.stringify(detail.units.map(({ path: at, reason }) => [at, reason])),
    );
    const day = detail.parameters['DAY'] ?? '';
    assert.match(day, /^\d{8}$/);
    assert.deepEqual(detail.parameters, { DAY: day, MODE: 'full', PASSWORD: '***' });
    assert.deepEqual(unitOf(detail, 'extract')?.outputs, [
      { name: 'FILE', value: `${day}-full.csv` },
      { name: 'ROWS', value: '42' },
    ]);
    const load = unitOf(detail, 'load');
    assert.deepEqual([load?.type, load?.reference], ['net_ref', { net: 'parts/load', revision: 1 }]);
    assert.deepEqual(load?.parameters, [
      { name: 'FILE', value: `/in/${day}-full.csv` },
      { name: 'ROWS', value: '42' },
      { name: 'PASSWORD', value: null },
    ]);
    assert.deepEqual(unitOf(detail, 'load/load')?.outputs, [{ name: 'TOKEN', value: null }]);
    assert.equal(await outputOf(detail, 'list'), `${day}-full.csv|3|${day}|{{.Names}}`);
    const stars = '*'.repeat(taken.length);
    assert.equal(
      await outputOf(detail, 'load/load'),
      `load /in/${day}-full.csv with 42 rows in parts/load, password ${asked.length} characters, stdin ${kept.length}, arg /in/${day}-full.csv\nleak *** and ***\nuser:***\ntoken=${stars}\n`,
    );
    assert.equal(await outputOf(detail, 'load/use'), `${taken.length}\n${asked.length}\nit is ***\n`);
    const events = await product.call(operations.listEvents, { query: { limit: 100 } });
    assert.ok(events.items.some(({ message }) => message === `${day}-full.csv loaded, 3`));
  });

  test('preview: the command as it would be, secrets and what is not known yet hidden', async () => {
    const text = await must([
      'net',
      'preview',
      'night',
      '--unit',
      'load/load',
      '--parameter',
      'MODE=full',
      '--json',
    ]);
    const preview = JSON.parse(text) as {
      environment: Record<string, string>;
      stdin: string;
      nodes: string[];
    };
    assert.equal(preview.environment['PW'], '***');
    assert.equal(preview.environment['FILE'], '/in/{{unit.extract.output.FILE}}');
    assert.equal(preview.stdin, '***\n');
    assert.deepEqual(preview.nodes, ['local']);
  });

  test('secrets: looked for in database, logs, journals, answers, audit and the bundle: nowhere', async () => {
    // Each of the three has this in it; the folder of the test is where two of them lie.
    const secrets = [asked, kept, taken];
    const bundle = path.join(folder, 'bundle.tar.gz');
    await must(['support', 'bundle', bundle]);
    const unpacked = path.join(folder, 'bundle');
    fs.mkdirSync(unpacked);
    execFileSync('tar', ['-xzf', bundle, '-C', unpacked]);
    const places = [unpacked, product.place.home];
    for (const place of places) {
      for (const secret of secrets) {
        const found = execFileSync('sh', [
          '-c',
          'grep -rlaF -- "$1" "$2" || true',
          'sh',
          secret,
          place,
        ]).toString();
        assert.equal(found, '', `${secret} in ${place}`);
      }
    }
    for (const operation of [
      operations.listEvents,
      operations.listAudit,
      operations.listSecrets,
      operations.listSessions,
    ]) {
      const answer = JSON.stringify(await product.call(operation as typeof operations.listSessions, {}));
      for (const secret of secrets) assert.equal(answer.includes(secret), false, operation.id);
    }
  });
});
