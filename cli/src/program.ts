// The command line from words to exit code: understands the words, runs the one command, says what went wrong in one form.
// Not responsible for the process around it (main.ts).
import type { ApiClient } from './api/client.ts';
import { parseInvocation } from './arguments/parse.ts';
import type { Arguments } from './arguments/arguments.ts';
import type { CommandContext, CommandSpec } from './commands/command.ts';
import { commands } from './commands/registry.ts';
import type { Connection } from './connection/connection.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { Failure, Interruption } from './failure.ts';
import { renderIssues } from './output/issues.ts';
import { languageOf, loadTeller, type Teller } from './output/language.ts';
import { createOutput, type Output } from './output/output.ts';
import { withLocalTimes } from './output/time.ts';
import type { Ports } from './ports.ts';

export type ProgramOptions = {
  readonly words: readonly string[];
  readonly ports: Ports;
  /** Aborted with an Interruption when the person or the reader has had enough. */
  readonly signal: AbortSignal;
  /** Told which command runs, before it does. */
  readonly onCommand?: (command: CommandSpec) => void;
};

/** Runs one command line. Never rejects. */
export const runProgram = async (options: ProgramOptions): Promise<ExitCode> => {
  const { words, ports, signal } = options;
  const out = createOutput({
    stdout: ports.stdout,
    stderr: ports.stderr,
    json: words.includes('--json'),
    color: wantsColor(words, ports),
  });
  // What programs read is the same for everybody.
  const teller = memoize(async () => await loadTeller(out.json ? 'en' : languageOf(ports.env)));
  const opened: ApiClient[] = [];
  try {
    if (words.length === 0) {
      const { helpFor } = await import('./help/help-for.ts');
      out.error(helpFor([], commands, out.paint));
      return exitCodes.usage;
    }
    const invocation = parseInvocation(words, commands);
    if (invocation.kind === 'help') {
      const { helpFor } = await import('./help/help-for.ts');
      const text = helpFor(
        invocation.command === undefined ? [] : invocation.command.name.split(' '),
        commands,
        out.paint,
      );
      await out.result({ help: text }, () => text);
      return exitCodes.ok;
    }
    const { command, args } = invocation;
    options.onCommand?.(command);
    if (command.load === undefined) throw wrongLauncher(command);
    const { run } = await command.load();
    const context = createContext({ command, args, out, ports, signal, opened, teller });
    try {
      return (await run(context)) ?? exitCodes.ok;
    } catch (error) {
      throw await withNearestName(error, context);
    }
  } catch (error) {
    return reportFailure(signal.aborted ? signal.reason : error, out, await teller());
  } finally {
    for (const api of opened) api.close();
  }
};

/** A name that is not there, with the one that was probably meant. */
const withNearestName = async (error: unknown, context: CommandContext): Promise<unknown> => {
  if (!(error instanceof Failure) || error.retryable || error.exitCode !== exitCodes.refused) return error;
  if (error.code !== 'not_found' && !/there is no /i.test(error.message)) return error;
  const { nearestName } = await import('./api/nearest-name.ts');
  const name = error.message.includes('Did you mean') ? undefined : await nearestName(error.message, context);
  // That name is there: something else of the sentence is not.
  if (name === undefined || error.message.includes(`"${name}"`)) return error;
  const { code, exitCode, issues, said } = error;
  const hints = [`Did you mean "${name}"?`];
  return new Failure(error.message, { code, exitCode, issues, said, hints, cause: error });
};

type ContextParts = Omit<CommandContext, 'api' | 'connection'> & {
  readonly args: Arguments;
  readonly opened: ApiClient[];
  readonly teller: () => Promise<Teller>;
};

const createContext = (parts: ContextParts): CommandContext => {
  const { opened, teller, ...rest } = parts;
  const connection = memoize(() => findConnection(rest));
  const api = memoize(async () => {
    const { createApiClient } = await import('./api/client.ts');
    const { retell } = await teller();
    const client = await createApiClient(await connection(), rest.signal, retell);
    opened.push(client);
    return client;
  });
  return { ...rest, connection, api };
};

const memoize = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

const findConnection = async ({
  args,
  ports,
}: Pick<CommandContext, 'args' | 'ports'>): Promise<Connection> => {
  const { chooseConnection } = await import('./connection/connection.ts');
  const { readStoredConnections } = await import('./connection/connection-files.ts');
  const { env } = ports;
  const options = { url: args.text('url'), token: args.text('token'), ca: args.text('ca') };
  const environment = {
    url: env['NEZUBAN_URL'] || undefined,
    token: env['NEZUBAN_TOKEN'] || undefined,
  };
  const choose = async (): Promise<Connection> =>
    chooseConnection({
      options,
      env: environment,
      stored: await readStoredConnections(ports, args.text('home') ?? (env['NEZUBAN_HOME'] || undefined)),
    });
  const connection = await choose();
  if (options.token !== undefined || environment.token !== undefined) return connection;
  return {
    ...connection,
    async rereadToken() {
      const now = await choose();
      // A token never goes to another address than the one it stands beside.
      return now.url.origin === connection.url.origin ? now.token : undefined;
    },
  };
};

/** Colours for a terminal, unless --no-color or NO_COLOR (any value but the empty one) says otherwise. */
const wantsColor = (words: readonly string[], { env, stdout }: Ports): boolean =>
  stdout.isTTY === true &&
  !words.includes('--no-color') &&
  (env['NO_COLOR'] ?? '') === '' &&
  env['TERM'] !== 'dumb';

/** `manager`, `agent`, `intake`, `witness` and `pair join` are started by the launcher, which looks at the first words alone. */
const wrongLauncher = (command: CommandSpec): Failure =>
  new Failure(`Options of "${command.name}" stand behind it: nezuban ${command.name} --OPTION ...`, {
    exitCode: exitCodes.usage,
    code: 'usage',
  });

const reportFailure = (error: unknown, out: Output, { tell }: Teller): ExitCode => {
  if (error instanceof Interruption) return error.exitCode;
  if (error instanceof Failure) {
    const { message, code, hints, issues, exitCode, said } = error;
    // The sentence of a single issue is the message already.
    const [first] = issues;
    const isOnlyIssue =
      issues.length === 1 &&
      first !== undefined &&
      first.path !== '' &&
      message.includes(first.path) &&
      message.includes(first.message);
    const hasNoList = isOnlyIssue || issues.length === 0;
    if (out.json) out.error(JSON.stringify({ error: { code, message, hints, issues, exitCode } }));
    else
      for (const line of [
        `nezuban: ${withLocalTimes(tell({ message, ...said }).replace(/^(body|query|params)\./, ''))}`,
        ...(isOnlyIssue
          ? []
          : renderIssues(issues.map((issue) => ({ ...issue, message: tell(issue) }))).map(
              (issue) => `  ${issue}`,
            )),
        ...hints.filter((hint) => !(hasNoList && hint.includes('named in "issues"'))),
      ])
        out.error(line);
    return exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  out.error(
    `nezuban: something broke inside this command. If its version (nezuban version) is not that of the manager (nezuban status), use the same; else please report this:\n${stack}`,
  );
  return exitCodes.refused;
};
