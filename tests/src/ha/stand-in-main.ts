/**
 * A stand-in for the manager of a pair, for tests of the harness itself: the few answers that the loads need, from a store in a folder that
 * both hosts share. Arguments: name, address, port, folder.
 *
 * `FOLDER/master` names who is master; `FOLDER/sin` makes it misbehave: `lose` acknowledges without storing, `double` stores twice,
 * `forget` takes back what was read. Started by `harness.test.ts`.
 */
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const [name = '', address = '', port = '0', folder = ''] = process.argv.slice(2);
const store = path.join(folder, 'audit.jsonl');
/** Every so many writes one is treated badly. */
const SIN_EVERY = 7;
let writes = 0;

interface Entry {
  readonly id: number;
  readonly action: string;
  readonly target: string;
}

const readFile = (file: string): string => {
  const whole = path.join(folder, file);
  return fs.existsSync(whole) ? fs.readFileSync(whole, 'utf8').trim() : '';
};
const entries = (): Entry[] =>
  readFile('audit.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);

function add(action: string, target: string): number {
  writes += 1;
  const sin = writes % SIN_EVERY === 0 ? readFile('sin') : '';
  const id = (entries().at(-1)?.id ?? 0) + 1;
  const line = (number: number) => `${JSON.stringify({ id: number, action, target })}\n`;
  if (sin !== 'lose') fs.appendFileSync(store, line(id));
  if (sin === 'double') fs.appendFileSync(store, line(id + 1));
  if (sin === 'forget')
    fs.writeFileSync(store, readFile('audit.jsonl').split('\n').slice(0, -3).join('\n').concat('\n'));
  return id;
}

function answer(
  method: string,
  url: string,
  body: string,
): { readonly status: number; readonly body: unknown } {
  const master = readFile('master') === name;
  if (url === '/health/master') return { status: master ? 200 : 503, body: {} };
  if (!master) return { status: 503, body: { code: 'shutting_down' } };
  if (method === 'POST' && url === '/api/v1/tokens') {
    const { name: target } = JSON.parse(body) as { name: string };
    return { status: 201, body: { id: add('createToken', target) } };
  }
  if (method === 'DELETE') {
    const made = entries().find(({ id }) => String(id) === url.split('/').at(-1));
    return { status: 204, body: add('deleteToken', made?.target ?? 'p-0-0') };
  }
  if (url.startsWith('/api/v1/audit'))
    return { status: 200, body: { items: entries().toReversed().slice(0, 300) } };
  return { status: 404, body: { code: 'not_found' } };
}

http
  .createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { status, body } = answer(request.method ?? '', request.url ?? '', text);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 204 ? undefined : JSON.stringify(body));
    });
  })
  .listen(Number(port), address, () => console.log('listens'));
