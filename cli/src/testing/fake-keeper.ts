// A small keeper for tests: answers the control socket of a scratch home, and judges every request and answer by the protocol's schemas,
// so that a command cannot pass here with what a real keeper would refuse.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {
  CONTROL_FILE,
  controlAnswerSchemas,
  controlErrorSchema,
  controlRequestSchema,
  type ControlRequest,
} from '@nezuban/protocol/keeper/control';
import type { PairStatus } from '@nezuban/protocol/pair/status';

type Orders = Extract<ControlRequest, { command: 'pair-command' }>;
type Created = ReturnType<(typeof controlAnswerSchemas)['pair-create']['parse']>;

export type FakeKeeperAnswers = {
  /** How the pair is now. */
  readonly status?: () => PairStatus;
  /** The answer, or undefined for none at all: the connection is closed. */
  readonly order?: (
    order: Orders,
  ) => Promise<{ ok: boolean; says: string } | undefined> | { ok: boolean; says: string };
  readonly create?: (request: Extract<ControlRequest, { command: 'pair-create' }>) => Created;
};

export type FakeKeeper = AsyncDisposable & {
  readonly home: string;
  /** What was asked but for the status, in order. */
  readonly asked: ControlRequest[];
  /** How often the status was asked. */
  statuses(): number;
  /** Stops or starts listening, as a keeper that restarts does. */
  down(): Promise<void>;
  up(): Promise<void>;
};

/** Listens in a scratch home until it is disposed. */
export const startFakeKeeper = async (answers: FakeKeeperAnswers): Promise<FakeKeeper> => {
  const home = mkdtempSync('/tmp/nz-cli-keeper-');
  const socketPath = path.join(home, 'keeper.sock');
  mkdirSync(path.dirname(path.join(home, CONTROL_FILE)), { recursive: true });
  writeFileSync(path.join(home, CONTROL_FILE), JSON.stringify({ socket: socketPath }));
  const asked: ControlRequest[] = [];
  const open = new Set<net.Socket>();
  let statuses = 0;
  let server: net.Server | undefined;

  const answer = async (line: string): Promise<string | undefined> => {
    const request = controlRequestSchema.parse(JSON.parse(line));
    if (request.command === 'pair-status') statuses += 1;
    else asked.push(request);
    const value = await valueFor(request, answers);
    if (value === undefined) return undefined;
    const judged = controlErrorSchema.safeParse(value);
    return JSON.stringify(judged.success ? judged.data : controlAnswerSchemas[request.command].parse(value));
  };

  const serve = (socket: net.Socket) => {
    open.add(socket);
    let text = '';
    socket.setEncoding('utf8').on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0) return;
      socket.pause();
      answer(text.slice(0, end)).then(
        (line) => (line === undefined ? socket.destroy() : socket.end(`${line}\n`)),
        (error: unknown) =>
          socket.end(`${JSON.stringify({ error: `The fake keeper refuses: ${String(error)}` })}\n`),
      );
    });
  };

  const up = async () => {
    rmSync(socketPath, { force: true });
    const next = net.createServer(serve);
    await new Promise<void>((resolve) => next.listen(socketPath, resolve));
    server = next;
  };
  const down = async () => {
    const last = server;
    server = undefined;
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => (last === undefined ? resolve() : last.close(() => resolve())));
  };
  await up();
  return {
    home,
    asked,
    statuses: () => statuses,
    down,
    up,
    [Symbol.asyncDispose]: async () => {
      await down();
      rmSync(home, { recursive: true });
    },
  };
};

const valueFor = async (request: ControlRequest, answers: FakeKeeperAnswers): Promise<unknown> => {
  switch (request.command) {
    case 'pair-status':
      return answers.status?.() ?? { error: 'This keeper is starting.' };
    case 'pair-command':
      return answers.order?.(request);
    case 'pair-create':
      return answers.create?.(request);
    case 'status':
    case 'stop':
      return { error: 'Not asked by these commands.' };
    case 'shared-files':
      return { digest: '', others: [] };
    default:
      return request satisfies never;
  }
};
