// Routes of preparations of coming starts. Responsible for rights, and for turning requests into calls; decides nothing.
import type { Handlers } from '../../ports.ts';
import type { Preparations } from './preparations.ts';

export type PreparationHandlers = Pick<
  Handlers,
  'listStartPreparations' | 'prepareStart' | 'withdrawStartPreparation'
>;

export const createPreparationRoutes = (
  preparations: Pick<Preparations, 'prepare' | 'withdraw' | 'list'>,
): PreparationHandlers => ({
  async listStartPreparations({ params, actor }) {
    actor.permissions.requireOnNet('nets.read', params.name, sayNoNet(params.name));
    return { body: { items: await preparations.list(params.name, actor) } };
  },
  async prepareStart({ params, body, actor }) {
    actor.permissions.requireOnNet('nets.run', params.name, sayNoNet(params.name));
    const { schedule, at, replaces, ...wish } = body;
    return {
      body: await preparations.prepare({ net: params.name, schedule, at: timeOf(at), wish, replaces, actor }),
    };
  },
  async withdrawStartPreparation({ params, query, actor }) {
    actor.permissions.requireOnNet('nets.run', params.name, sayNoNet(params.name));
    const { schedule, at } = query;
    await preparations.withdraw({ net: params.name, schedule, at: timeOf(at), actor });
    return { body: undefined };
  },
});

const timeOf = (at: string | undefined): number | null => (at === undefined ? null : Date.parse(at));

const sayNoNet = (name: string): string => `There is no job net "${name}".`;
