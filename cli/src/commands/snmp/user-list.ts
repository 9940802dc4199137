// `nezuban trap user list`: users of SNMPv3, never their passwords.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const { items } = await (await context.api()).call('listSnmpUsers');
  await out.result({ items }, () => {
    if (items.length === 0)
      return 'No SNMPv3 user yet: traps of SNMPv3 are refused. Make one with: nezuban trap user set NAME';
    return out.table(
      [
        { title: 'USER' },
        { title: 'AUTHENTICATES' },
        { title: 'ENCRYPTS' },
        { title: 'ENGINE', flexible: true },
        { title: 'CHANGED' },
        { title: 'BY' },
        { title: 'NOTE' },
      ],
      items.map((user) => [
        user.name,
        user.auth,
        user.priv,
        user.engineId ?? 'any',
        formatInstant(user.updatedAt),
        user.updatedBy,
        user.secretsLost ? 'enter its passwords again' : '',
      ]),
    );
  });
};
