// The commands `run`, `join` and `status`, without argv and environment (main.ts reads those).
// Each resolves with its exit code, or throws a CommandError whose message is one sentence.
import fs from 'node:fs';
import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import { createAgent, openJournal, type Agent, type AgentOptions, type AgentPorts } from './agent.ts';
import { enrolPatiently, EnrolmentError } from './identity/enrolment.ts';
import { readIdentity, writeIdentity, type Identity } from './identity/identity.ts';
import { JournalLockedError, type Journal } from './journal/journal.ts';

export class CommandError extends Error {
  /** For the keeper. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** `status` holds the lock for a moment, and so does an agent that is just stopping. */
const lockWaitMs = 500;

/** Takes the one lock of a home; the agent that gets the journal closes it. */
export function claimHome(home: string): Journal {
  try {
    return openJournal(home, lockWaitMs);
  } catch (error) {
    if (error instanceof JournalLockedError)
      throw new CommandError('already_running', `an agent already runs on ${home}`, error);
    throw new CommandError(
      'home_unusable',
      `the agent cannot use ${home}: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}

export function startAgent(ports: AgentPorts, options: AgentOptions): Agent {
  const agent = createAgent(ports, options);
  try {
    agent.start();
  } catch (error) {
    throw new CommandError(
      'start_failed',
      `the agent cannot start: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
  return agent;
}

/** The identity, or the sentence that says how to get one. */
export function requireIdentity(home: string): Identity {
  const identity = readIdentity(home);
  if (!identity)
    throw new CommandError(
      'not_joined',
      `this host has not joined a manager (no identity in ${home}): run "nezuban agent join" first`,
    );
  return identity;
}

export type JoinOptions = {
  readonly home: string;
  readonly managers: readonly string[];
  readonly token: string;
  readonly nodeName: string | null;
  readonly version: string;
};

export async function join(options: JoinOptions): Promise<string> {
  // The agent has its folder in the home that people name.
  fs.mkdirSync(options.home, { recursive: true, mode: 0o700 });
  const known = readIdentity(options.home);
  if (known) {
    throw new CommandError(
      'already_joined',
      `this host has already joined as node "${known.nodeName}" (${known.agentId}): remove ${path.join(options.home, 'identity.json')} if it shall become another agent`,
    );
  }
  try {
    const identity = await enrolPatiently(options);
    writeIdentity(options.home, identity);
    return `Joined as node "${identity.nodeName}" (${identity.agentId}). Start the agent with "nezuban agent run --home ${path.dirname(options.home)}".`;
  } catch (error) {
    if (error instanceof EnrolmentError) throw new CommandError('join_failed', error.message, error);
    throw error;
  }
}

export type Status = {
  readonly joined: boolean;
  readonly running: boolean;
  readonly agentId: string | null;
  readonly nodeName: string | null;
  readonly managers: readonly string[];
  readonly certificateValidTo: string | null;
  /** Attempts with a folder: running, or with output that is kept. Null if the home cannot be read. */
  readonly attemptFolders: number;
};

export function readStatus(home: string): Status {
  const identity = readIdentity(home);
  const folder = path.join(home, 'attempts');
  return {
    joined: identity !== null,
    running: isHeld(home),
    agentId: identity?.agentId ?? null,
    nodeName: identity?.nodeName ?? null,
    managers: identity?.managers ?? [],
    certificateValidTo: identity ? new X509Certificate(identity.certificate).validToDate.toISOString() : null,
    attemptFolders: fs.existsSync(folder)
      ? fs.readdirSync(folder).filter((name) => !name.startsWith('.')).length
      : 0,
  };
}

function isHeld(home: string): boolean {
  if (!fs.existsSync(path.join(home, 'journal.db'))) return false;
  try {
    openJournal(home).close();
    return false;
  } catch (error) {
    if (error instanceof JournalLockedError) return true;
    throw error;
  }
}

export function describeStatus(status: Status): string {
  const lines = [
    `joined    ${status.joined ? `yes, as node "${status.nodeName}" (${status.agentId})` : 'no'}`,
    `running   ${status.running ? 'yes' : 'no'}`,
    `managers  ${status.managers.join(', ') || '-'}`,
    `certificate valid to  ${status.certificateValidTo ?? '-'}`,
    `attempt folders  ${status.attemptFolders}`,
  ];
  return lines.join('\n');
}
