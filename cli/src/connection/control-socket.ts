// Speaks to the keeper that runs on this host, over its Unix socket: one JSON line each way. Works while there is no master and no API.
// Not responsible for what is asked (commands/pair) or for the form of the answers, which are the protocol's (keeper/control.ts); its
// schemas stay unloaded, as in api/routes.ts, and a test holds the constants here against the protocol's.
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type {
  ControlRequest,
  controlAnswerSchemas,
  controlErrorSchema,
  controlFileSchema,
} from '@nezuban/protocol/keeper/control';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** Below the home: names the socket while a keeper runs. */
export const controlFile = 'keeper/control.json';
/** Longest answer that is accepted. */
export const controlLineMax = 256 * 1024;
/** A question is answered at once; a command may wait for the standby. */
export const controlAnswerMs = { question: 5_000, command: 60_000 } as const;

type Schemas = typeof controlAnswerSchemas;
type Command = ControlRequest['command'];
type Request<Name extends Command> = Extract<ControlRequest, { command: Name }>;
export type ControlAnswer<Name extends Command> = ReturnType<Schemas[Name]['parse']>;

export type Keeper = {
  readonly home: string;
  /** The answer; a Failure when the keeper does not answer, or says why it cannot. */
  ask<Name extends Command>(request: Request<Name>, within?: AbortSignal): Promise<ControlAnswer<Name>>;
};

/** The keeper whose home this is; undefined when none has said where it listens. */
export const findKeeper = async (home: string, signal: AbortSignal): Promise<Keeper | undefined> => {
  const socket = await readSocketPath(path.join(home, controlFile));
  if (socket === undefined) return undefined;
  return {
    home,
    ask: async (request, within = signal) => {
      const isQuestion = request.command === 'status' || request.command === 'pair-status';
      const answerMs = isQuestion ? controlAnswerMs.question : controlAnswerMs.command;
      const line = await exchange(socket, `${JSON.stringify(request)}\n`, { signal: within, answerMs });
      return parseAnswer(line) as ControlAnswer<(typeof request)['command']>;
    },
  };
};

const readSocketPath = async (file: string): Promise<string | undefined> => {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw notAllowed(file, error);
  }
  try {
    const { socket } = JSON.parse(text) as Partial<ReturnType<typeof controlFileSchema.parse>>;
    // Being written at this moment, or by another release: as if there were none.
    return typeof socket === 'string' ? socket : undefined;
  } catch {
    return undefined;
  }
};

type Exchange = { readonly signal: AbortSignal; readonly answerMs: number };

const exchange = (socketPath: string, line: string, { signal, answerMs }: Exchange): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const decoder = new TextDecoder();
  let text = '';
  const socket = net.connect({ path: socketPath });
  const giveUp = () => socket.destroy(signal.reason as Error);
  const tooSlow = setTimeout(
    () => socket.destroy(new Error(`no answer within ${answerMs / 1000} s`)),
    answerMs,
  );
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  socket.write(line);
  socket.on('data', (chunk: Buffer) => {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf('\n');
    if (end >= 0) resolve(text.slice(0, end));
    if (end >= 0 || text.length > controlLineMax) socket.destroy();
  });
  socket.on('error', (error: NodeJS.ErrnoException) =>
    reject(signal.aborted ? signal.reason : toFailure(error, socketPath)),
  );
  socket.on('close', () => {
    clearTimeout(tooSlow);
    signal.removeEventListener('abort', giveUp);
    // After an answer or an error this changes nothing.
    reject(toFailure(new Error('it closed the connection without an answer'), socketPath));
  });
  return promise;
};

const toFailure = (error: NodeJS.ErrnoException, socketPath: string): Failure => {
  if (error.code === 'EACCES' || error.code === 'EPERM') return notAllowed(socketPath, error);
  const isGone = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
  return new Failure(
    isGone
      ? `No manager runs on this host: nothing listens at ${socketPath}.`
      : `The keeper of this host does not answer at ${socketPath}: ${error.message}.`,
    {
      exitCode: exitCodes.unreachable,
      code: 'unreachable',
      hints: ['Start it with: nezuban manager'],
      retryable: true,
      cause: error,
    },
  );
};

const notAllowed = (file: string, error: unknown): Failure =>
  new Failure(`You may not speak to the keeper of this host: ${file} cannot be opened.`, {
    exitCode: exitCodes.unreachable,
    code: 'unreachable',
    hints: ['Run the command as the user that runs the manager, or name the manager with --url.'],
    cause: error,
  });

const parseAnswer = (line: string): unknown => {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch (error) {
    throw otherRelease(error);
  }
  if (typeof answer !== 'object' || answer === null) throw otherRelease();
  const { error } = answer as Partial<ReturnType<typeof controlErrorSchema.parse>>;
  if (typeof error === 'string')
    throw new Failure(error, { exitCode: exitCodes.refused, code: 'pair_refused' });
  return answer;
};

const otherRelease = (cause?: unknown): Failure =>
  new Failure('The keeper of this host answered in a form that is not known here.', {
    exitCode: exitCodes.refused,
    code: 'unreadable',
    hints: [
      'Compare "nezuban version" with the release of the running manager; restart the manager after an update.',
    ],
    cause,
  });
