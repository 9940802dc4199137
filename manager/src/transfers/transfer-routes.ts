// Routes of file transfers that are under way. Everybody sees those of the nets that he may see.
import type { Handlers } from '../ports.ts';
import type { TransferRelay } from './transfer-relay.ts';

export const createTransferRoutes = (
  relay: Pick<TransferRelay, 'list'>,
): Pick<Handlers, 'listTransfers'> => ({
  async listTransfers({ query, actor }) {
    const items = relay
      .list()
      .filter(
        ({ net, sessionId }) =>
          (query.session === undefined || sessionId === query.session) &&
          actor.permissions.onNet('nets.read', net),
      );
    return { body: { items } };
  },
});
