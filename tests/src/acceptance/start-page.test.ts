/**
 * The manual's first five minutes, typed as they stand there: every command of docs/start.md in its order in a fresh home, with what
 * the page says of its outcome, and the Japanese page has the same commands and a file that can be applied.
 *
 * `npm ci` alone is not typed: it is what made this checkout. Not responsible for the console (browser tests) and for single commands.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildRequest } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { fencedBlocks, typedLine } from '../docs/fenced-blocks.ts';
import { createScratchHome } from '../support/scratch-home.ts';
import { choosePlace, repositoryRoot, startProduct, type Product, waitForLocalAgent } from './product.ts';

/** The longest command follows a session of ten seconds; a busy machine may take many times that. */
const COMMAND_TIMEOUT_MS = 300_000;
const page = readFileSync(path.join(repositoryRoot, 'docs/start.md'), 'utf8');
const pageJa = readFileSync(path.join(repositoryRoot, 'docs/ja/start.md'), 'utf8');
const blocks = fencedBlocks(page);
const banner = blocks.find((block) => block.text.startsWith('Nezuban '))?.text ?? '';
const exampleOf = (text: string) => fencedBlocks(text).find((block) => block.language === 'yaml')?.text ?? '';
/** What is typed, in order: blocks that are neither YAML nor what a command prints. */
const typedOf = (text: string) =>
  fencedBlocks(text)
    .filter((block) => block.language === '' && !block.text.startsWith('Nezuban '))
    .flatMap((block) => block.text.trimEnd().split('\n').map(typedLine));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the page promises of each command. One that is missing here fails the test: say what it is to do. */
const outcomes: Readonly<Record<string, (outcome: Outcome) => void>> = {
  'npx nezuban status': ({ code, stdout }) => {
    assert.equal(code, 0, 'no sign-in is needed on this host');
    assert.match(stdout, /nodes +1 of 1 connected/);
  },
  'nezuban sample': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /sample\/night-run is created/);
  },
  'nezuban export sample/night-run': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /^kind: jobnet\nname: sample\/night-run\n/);
  },
  'nezuban run sample/night-run --follow': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /^\S+ +prepare +.*\n[^]*load\/south +ended normal/m, 'a line for each unit');
    assert.match(stdout, /^Session 1 ended normal/m);
  },
  'nezuban session show 1': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /^call-operator +not_run/m, 'the branch for failure did not run');
  },
  'nezuban output --session 1 --unit report': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /^total +3000 /m);
  },
  'nezuban run sample/night-run --param SIMULATE_FAILURE=load --follow': ({ code, stdout }) => {
    assert.equal(code, 11, 'the exit code of an abnormal end');
    assert.match(stdout, /load\/south +ended abnormal/);
    assert.match(stdout, /call-operator +ended normal/, 'the branch for failure ran');
    assert.match(stdout, /^Session 2 ended abnormal/m);
  },
  'nezuban output --session 2 --unit load/south --stderr': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /simulated/);
  },
  'nezuban rerun 2 --unit load/south --follow': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /report +ended normal/, 'what follows ran again');
    assert.match(stdout, /^Session 2 ended normal/m);
  },
  'nezuban apply hello.yaml': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /jobnet hello (created|updated)/);
  },
  'nezuban run hello --follow': ({ code, stdout }) => {
    assert.equal(code, 0);
    assert.match(stdout, /ended normal after/);
  },
};

describe('start page', { timeout: 1_200_000 }, () => {
  let product: Product;
  let home: ReturnType<typeof createScratchHome>;
  let work: ReturnType<typeof createScratchHome>;

  before(async () => {
    home = createScratchHome();
    work = createScratchHome();
    // The ports of the page may be taken by a product that runs here; nothing else is said to it.
    product = await startProduct(await choosePlace(home.path), { via: 'npm' });
    await waitForLocalAgent(product);
  });
  after(async () => {
    await product.stop();
    await home.remove();
    await work.remove();
  });

  /** As in a second terminal: in the checkout, then with the alias of the page in a folder of one's own. */
  const type = (line: string): Promise<Outcome> => {
    const alias = /`(alias nezuban=[^`]+)`/.exec(page)?.[1];
    assert.ok(alias !== undefined, 'the page says how to have the command without npx');
    const go = line.startsWith('npx ') ? '' : `shopt -s expand_aliases\n${alias}\ncd "$WORK"`;
    return new Promise((resolve) => {
      const env = { ...process.env, NEZUBAN_HOME: home.path, WORK: work.path, NO_COLOR: '1' };
      const options = { cwd: repositoryRoot, env, timeout: COMMAND_TIMEOUT_MS };
      execFile('bash', ['-c', `${go}\n${line}`], options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      });
    });
  };

  test('it starts with two commands, and prints what the page shows', async () => {
    assert.deepEqual(typedOf(page).slice(0, 2), ['npm ci', 'npm start']);
    const password = await readFile(path.join(home.path, 'manager/one-time-password'), 'utf8');
    const { version } = JSON.parse(await readFile(path.join(repositoryRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    const printed = banner
      .replace(/Nezuban \S+ is/, `Nezuban ${version} is`)
      .replace('http://127.0.0.1:7380', product.url)
      .replace(/Home +\S+/, `Home      ${home.path}`)
      .replace(/\w{4}(-\w{4}){3}/, password.trim());
    assert.ok(product.process.stdout().includes(printed), `${product.process.stdout()}\n---\n${printed}`);
  });

  test('the one-time password signs in, and has to be replaced before anything else', async () => {
    const password = /password +(\S+)/.exec(product.process.stdout())?.[1] ?? '';
    const request = buildRequest(operations.signIn, { body: { user: 'admin', password } });
    const signedIn = await fetch(`${product.url}${request.path}`, {
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
    });
    assert.equal(signedIn.status, 200);
    const who = (await signedIn.json()) as { mustChangePassword?: boolean };
    assert.equal(who.mustChangePassword, true);
    const cookie = signedIn.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const refused = await fetch(`${product.url}/api/v1/nets`, { headers: { cookie } });
    assert.match(await refused.text(), /password_change_needed/);
  });

  test('every command of the page does what the page says, in its order', async (t) => {
    for (const line of typedOf(page).slice(2)) {
      if (line === 'nezuban apply hello.yaml') await saveExample(page);
      await t.test(line, async () => {
        const check = outcomes[line];
        assert.ok(check !== undefined, 'a new command of the page: say in this test what it is to do');
        const outcome = await type(line);
        try {
          check(outcome);
        } catch (error) {
          throw new Error(`${line}\n${outcome.stdout}${outcome.stderr}`, { cause: error });
        }
      });
    }
  });

  test('a mistake in the file is answered with its place, and nothing is changed', async () => {
    await writeFile(
      path.join(work.path, 'hello.yaml'),
      exampleOf(page).replace('command: sleep', 'comand: sleep'),
    );
    const { code, stderr } = await type('nezuban apply hello.yaml');
    assert.equal(code, 1);
    assert.match(stderr, /hello\.yaml:\d+:\d+: .*did you mean "command"/);
    assert.match((await type('nezuban export hello')).stdout, /command: sleep 3/);
  });

  test('the Japanese page has the same commands, and a file of its own that runs', async () => {
    assert.deepEqual(typedOf(pageJa), typedOf(page));
    await saveExample(pageJa);
    for (const line of ['nezuban apply hello.yaml', 'nezuban run hello --follow']) {
      const outcome = await type(line);
      assert.equal(outcome.code, 0, `${line}\n${outcome.stdout}${outcome.stderr}`);
    }
  });

  /** As the page says: saved as hello.yaml, with NODE replaced by a name that "nezuban nodes" lists. */
  async function saveExample(text: string): Promise<void> {
    const node = /^NODE .*\n(\S+)/.exec((await type('nezuban nodes')).stdout)?.[1];
    assert.ok(node !== undefined, 'nezuban nodes lists a node');
    await writeFile(path.join(work.path, 'hello.yaml'), exampleOf(text).replace('NODE', node));
  }
});
