// The SNMP domain: names of OIDs from MIB modules, users of SNMPv3, tokens for custom traps.
// Responsible for putting its parts together. What traps mean is decided in core; receivers get users and tokens with the orders.
import path from 'node:path';
import type { OidNames } from '@nezuban/core/traps/mib/oid-names';
import type { Logger } from '@nezuban/platform/logger';
import type { Database } from '../database/database.ts';
import { openSecretBox } from '../files/secret-box.ts';
import type { AuditLog, TrapSecrets } from '../ports.ts';
import { createMibs } from './mibs.ts';
import { createSnmpRoutes } from './snmp-routes.ts';
import { createTrapSecrets } from './trap-secrets.ts';

export type Snmp = {
  readonly routes: ReturnType<typeof createSnmpRoutes>;
  /** Of the modules that are there at the moment. */
  readonly names: OidNames;
  /** After each change of names. */
  readonly onNames: (listener: () => void) => void;
  readonly secrets: TrapSecrets;
  /** Resolves once all stored modules are read; traps that are parsed before have the names of the built-in table alone. */
  readonly namesReady: Promise<void>;
};

export const createSnmp = async (
  ports: { readonly database: Database; readonly audit: AuditLog; readonly logger: Logger },
  options: { readonly home: string },
): Promise<Snmp> => {
  const { database, audit, logger } = ports;
  const secretBox = await openSecretBox(path.join(options.home, 'manager', 'secret-key'));
  const mibs = createMibs({ database, audit, logger });
  const secrets = createTrapSecrets({ database, audit, secretBox, logger });
  await secrets.load();
  const namesReady = mibs.load().catch((error: unknown) => {
    logger.error(
      { err: error },
      'The stored MIB modules cannot be read; traps show numbers instead of their names',
    );
  });
  return {
    routes: createSnmpRoutes({ database, mibs, secrets }),
    names: mibs.names,
    onNames: mibs.onChange,
    secrets,
    namesReady,
  };
};
