/**
 * A receiver of webhooks on a host under test. Arguments: address, port, file.
 *
 * Responsible for answering 200 and for one line of JSON in the file for each request: its headers and its body. Started by
 * `operations-on-a-pair.test.ts`.
 */
import fs from 'node:fs';
import http from 'node:http';

const [address = '', port = '0', file = ''] = process.argv.slice(2);

http
  .createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      fs.appendFileSync(file, `${JSON.stringify({ headers: request.headers, body })}\n`);
      response.end();
    });
  })
  .listen(Number(port), address, () => process.stdout.write('listens\n'));
