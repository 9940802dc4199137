// What channels of notifications start: job nets, and single commands, which become job nets of their own so that they run once, are kept
// in the history, and can be operated like any other.
// Responsible for the net behind a command and for what a refusal means to the outbox. Called by the outbox through the port ChannelHands.
import { createHash } from 'node:crypto';
import { CodedError } from '@nezuban/protocol/errors';
import { jobNetSchema, type JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { Actor } from '../ports.ts';
import type { RunAsGuard } from './run-as-guard.ts';
import type { RunRequests } from './run-requests.ts';

/** As `ChannelHands` of notifications/channels. */
type Outcome =
  | { readonly type: 'accepted'; readonly note: string | null; readonly session: number }
  | { readonly type: 'refused'; readonly error: string }
  | { readonly type: 'unknown'; readonly error: string };
/** As `StartPeople` there. */
type StartPeople = { readonly onBehalfOf: string | null; readonly behind: readonly string[] };
type NetOrder = {
  readonly net: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly key: string;
  readonly people?: StartPeople;
};
type CommandOrder = {
  readonly node: string;
  readonly command: string;
  readonly user: string | undefined;
  readonly timeoutS: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly key: string;
  readonly people?: StartPeople;
};

export type ChannelRuns = {
  readonly startNet: (order: NetOrder) => Promise<Outcome>;
  readonly runCommand: (order: CommandOrder) => Promise<Outcome>;
};

export type ChannelRunPorts = {
  readonly runs: RunRequests;
  readonly runAs: Pick<RunAsGuard, 'refusalOf'>;
  /** Writes the net if it is new or another one. */
  readonly putOwnNet: (definition: JobNetDefinition, actor: Actor) => Promise<void>;
};

/** Folder of the nets behind commands. */
export const channelFolder = 'notification-commands';
const HASH_CHARS = 10;
const actor: Actor = { name: 'notifications', address: null, by: 'system' };

export const createChannelRuns = ({ runs, runAs, putOwnNet }: ChannelRunPorts): ChannelRuns => {
  const startNet = async ({ net, parameters, key, people }: NetOrder): Promise<Outcome> => {
    try {
      const session = await runs.run({
        net,
        parameters,
        idempotencyKey: key,
        overriding: null,
        actor,
        trigger: triggerOf(people),
      });
      return { type: 'accepted', note: null, session: session.id };
    } catch (error) {
      // The key makes a second try give the session that the first may have made.
      const said = error instanceof Error ? error.message : String(error);
      return { type: error instanceof CodedError ? 'refused' : 'unknown', error: said };
    }
  };
  return {
    startNet,
    async runCommand(order) {
      const definition = netOf(order);
      const { name: net } = definition;
      try {
        const unit = { user: order.user };
        const refusal = runAs.refusalOf({ net, node: order.node, unit, isJudged: false });
        // What an earlier try has started is started.
        if (refusal !== null && (await runs.find({ net, key: order.key })) === null)
          return { type: 'refused', error: `The command was not started: ${refusal.message}.` };
        await putOwnNet(definition, actor);
      } catch (error) {
        return { type: 'refused', error: error instanceof Error ? error.message : String(error) };
      }
      const { environment: parameters, key, people } = order;
      return await startNet({ net, parameters, key, ...(people === undefined ? {} : { people }) });
    },
  };
};

/** Nobody of them may approve what it asks to be approved by others than its starter. */
const triggerOf = (people: StartPeople | undefined): SessionTrigger => ({
  type: 'manual',
  user: actor.name,
  ...(people?.onBehalfOf == null ? {} : { onBehalfOf: people.onBehalfOf }),
  ...(people === undefined || people.behind.length === 0 ? {} : { behind: [...people.behind] }),
});

/** One net for each command on each node: the words of events are parameters, and reach the command as its environment. Pure. */
const netOf = ({ node, command, user, timeoutS, environment }: CommandOrder): JobNetDefinition => {
  const parameters = Object.keys(environment).sort();
  const hash = createHash('sha256')
    .update(JSON.stringify([command, user, timeoutS, parameters]))
    .digest('hex')
    .slice(0, HASH_CHARS);
  return jobNetSchema.parse({
    kind: 'jobnet',
    name: `${channelFolder}/${node}/${hash}`,
    title: `Command of a channel on ${node}`,
    target: { node },
    parameters: parameters.map((name) => ({ name, default: '' })),
    units: [
      {
        name: 'command',
        type: 'command',
        command,
        timeout_s: timeoutS,
        ...(user === undefined ? {} : { user }),
      },
    ],
  });
};
