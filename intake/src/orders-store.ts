/**
 * The orders of the manager on duty, kept so that this host hears what it should before any manager or database is there.
 *
 * Responsible for the file `<home>/intake/orders.json` (it holds secrets: 0600, whole or not at all, durable). Without one, or with one that
 * cannot be read, the defaults of the settings count: hearing on loopback is better than hearing nothing. Called by `intake.ts`.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { intakeOrdersSchema, intakeSettingsSchema, type IntakeOrders } from '@nezuban/protocol/intake/orders';
import type { Logger } from '@nezuban/platform/logger';

export type OrdersStore = {
  readonly load: () => IntakeOrders;
  /** Resolves when they are durable. Rejects with what the file system says. */
  readonly save: (orders: IntakeOrders) => Promise<void>;
};

const MODE_PRIVATE = 0o600;

export function defaultOrders(): IntakeOrders {
  return {
    revision: 0,
    settings: intakeSettingsSchema.parse({}),
    snmpUsers: [],
    httpTokenHashes: [],
    tls: null,
  };
}

export function createOrdersStore(logger: Logger, file: string): OrdersStore {
  return {
    load() {
      let text: string;
      try {
        text = fs.readFileSync(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          logger.error(
            { err: error },
            'the orders cannot be read: listening as by default until a manager tells',
          );
        return defaultOrders();
      }
      try {
        return intakeOrdersSchema.parse(JSON.parse(text));
      } catch (error) {
        // Issues alone: the file holds secrets.
        const issues = error instanceof z.ZodError ? error.issues.map((issue) => issue.path.join('.')) : [];
        logger.error(
          { issues },
          'the orders in the file are not understood: listening as by default until a manager tells',
        );
        return defaultOrders();
      }
    },
    async save(orders) {
      const draft = `${file}.draft`;
      await fs.promises.rm(draft, { force: true });
      const handle = await fs.promises.open(draft, 'wx', MODE_PRIVATE);
      try {
        await handle.writeFile(JSON.stringify(orders));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await fs.promises.rename(draft, file);
      const folder = await fs.promises.open(path.dirname(file), 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
  };
}
