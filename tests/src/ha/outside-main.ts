/**
 * What sessions of the load reach outside of the product: a server of HTTP and one of mail. Each request and each mail is a line of the file
 * given: `call ID` or `mail ID MESSAGE-ID`. Written before it is answered, so that no answer is without its line.
 *
 * Run on the client's host by `outside.ts`: `outside-main.ts FILE ADDRESS HTTP-PORT MAIL-PORT`.
 */
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';

const [file = '', address = '', httpPort = '', mailPort = ''] = process.argv.slice(2);
const note = (line: string): void => fs.appendFileSync(file, `${line}\n`);
/** Long enough that a kill falls into it now and then. */
const ANSWER_MS = 500;

http
  .createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      note(`call ${decodeURIComponent((request.url ?? '').split('/').at(-1) ?? '')}`);
      setTimeout(() => response.end('done'), ANSWER_MS);
    });
  })
  .listen(Number(httpPort), address);

net
  .createServer((socket) => {
    let rest = '';
    let mail: string[] | null = null;
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.write('220 outside\r\n');
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (mail !== null) {
          if (line !== '.') mail.push(line);
          else {
            take(mail.join('\n'));
            mail = null;
            setTimeout(() => socket.write('250 taken\r\n'), ANSWER_MS);
          }
        } else if (/^DATA/i.test(line)) {
          mail = [];
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 outside\r\n');
      }
    });
  })
  .listen(Number(mailPort), address, () => console.log('outside is there'));

/** The subject of a unit's mail holds the session's key. */
function take(text: string): void {
  const id = /^Subject:.*?every ([^\s;]+);/im.exec(text)?.[1];
  const messageId = /^Message-ID:\s*(\S+)/im.exec(text)?.[1];
  if (id !== undefined) note(`mail ${id} ${messageId ?? 'none'}`);
}
