// The reading side of a file transfer as a program. Started by the agent of the node where the files are (transfers/readers.ts), becomes the user
// who reads them, and does what stands in its environment; stdin and stdout are the connection.
import net from 'node:net';
import { leave } from '@nezuban/platform/leave';
import { transferSourceSchema } from '@nezuban/protocol/agent/tool-inputs';
import { becomeUser } from '../become.ts';
import { sendFiles } from './send-files.ts';

becomeUser(process.env['NEZUBAN_BECOME']);
// Not `process.stdout`, whose writes to a pipe block: what the other side says must be heard meanwhile.
const output = new net.Socket({ fd: 1, readable: false, writable: true });
// Whoever started it has gone: nobody is left to read for.
output.on('error', () => leave(1));
const source = transferSourceSchema.parse(JSON.parse(process.env['NEZUBAN_SOURCE'] ?? '{}'));
await sendFiles(source, { input: process.stdin, output });
leave(0);
