/**
 * Reads one address of the API to its end and prints how many bytes came and their SHA-256: `output-digest-main.ts URL`, the token in
 * OUTPUT_TOKEN.
 *
 * Run on the client's host by `scenarios-output.ts`. Certificates are not checked, as in `http-call.ts`.
 */
import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';

const url = process.argv[2] ?? '';
const headers = { authorization: `Bearer ${process.env['OUTPUT_TOKEN'] ?? ''}` };
const hash = createHash('sha256');
let bytes = 0;
const take = (response: http.IncomingMessage): void => {
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    hash.update(chunk);
  });
  response.on('close', () => {
    const whole = response.complete && response.statusCode === 200;
    console.log(whole ? `${bytes} ${hash.digest('hex')}` : `cut off after ${bytes}, ${response.statusCode}`);
    process.exitCode = whole ? 0 : 1;
  });
};
if (url.startsWith('https:')) https.get(url, { headers, rejectUnauthorized: false }, take);
else http.get(url, { headers: { ...headers, host: 'localhost' } }, take);
