// Users as lists and views show them. Reads only. Called by the routes.
import type { UserView } from '@nezuban/protocol/access/views';
import type { Database } from '../database/database.ts';
import { createWhere, textIn } from '../database/where.ts';
import { accessLimits } from './access-limits.ts';

type Row = {
  readonly name: string;
  readonly title: string | null;
  readonly roles: string[];
  readonly disabled: boolean;
  readonly locked_until: Date | null;
  readonly must_change_password: boolean;
  readonly created_at: Date;
  readonly password_changed_at: Date;
  readonly last_sign_in_at: Date | null;
  readonly sign_in_count: number;
  readonly token_count: number;
  readonly revision: number;
};

export type UsersQuery = {
  readonly name?: string | undefined;
  readonly after?: string | undefined;
  readonly text?: string | undefined;
  readonly role?: string | undefined;
  readonly limit: number;
};

export const listUsers = async (database: Database, query: UsersQuery): Promise<UserView[]> => {
  const where = createWhere();
  where.addIf(query.name, (name, place) => `u.name = ${place(name)}`);
  where.addIf(query.after, (name, place) => `u.name > ${place(name)}`);
  where.addIf(query.role, (role, place) => `u.roles @> ${place([role])}::text[]`);
  if (query.text !== undefined && query.text !== '') where.add(textIn(['u.name', 'u.title'], query.text));
  const idle = where.place(accessLimits.signInIdleMs);
  const rows = await database.query<Row>({
    text: `SELECT u.name, u.title, u.roles, u.disabled, CASE WHEN u.locked_until > now() THEN u.locked_until END AS locked_until,
             u.must_change_password, u.created_at, u.password_changed_at, u.last_sign_in_at, u.revision,
             (SELECT count(*) FROM sign_in s WHERE s.user_id = u.id AND s.expires_at > now()
                AND s.last_seen_at > now() - ${idle} * interval '1 ms') AS sign_in_count,
             (SELECT count(*) FROM api_token t WHERE t.user_id = u.id AND t.kind = 'api') AS token_count
           FROM app_user u ${where.sql()} ORDER BY u.name LIMIT ${where.place(query.limit)}`,
    values: where.values,
  });
  return rows.map((row) => ({
    name: row.name,
    title: row.title,
    roles: row.roles,
    disabled: row.disabled,
    lockedUntil: row.locked_until?.toISOString() ?? null,
    mustChangePassword: row.must_change_password,
    createdAt: row.created_at.toISOString(),
    passwordChangedAt: row.password_changed_at.toISOString(),
    lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
    signInCount: row.sign_in_count,
    tokenCount: row.token_count,
    revision: row.revision,
  }));
};
