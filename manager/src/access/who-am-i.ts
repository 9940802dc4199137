// "Who am I": the user, and what he may do, for the console to show no more than that. Pure. Called by sign-in and the routes.
import type { WhoAmI } from '@nezuban/protocol/access/views';
import type { Settings } from '@nezuban/protocol/settings/settings';
import type { ActorPermissions } from '../ports.ts';

export const viewWho = (who: {
  readonly user: {
    readonly name: string;
    readonly title: string | null;
    readonly roles: readonly string[];
    readonly must_change_password: boolean;
  };
  readonly by: WhoAmI['by'];
  readonly permissions: ActorPermissions;
  readonly policy: Settings['password_policy'];
}): WhoAmI => ({
  user: who.user.name,
  title: who.user.title,
  mustChangePassword: who.user.must_change_password,
  by: who.by,
  roles: [...who.user.roles],
  rights: [...who.permissions.rights()],
  grants: [...who.permissions.decided.grants],
  limits: who.permissions.decided.limits,
  passwordLengthMin: who.policy.length_min,
});
