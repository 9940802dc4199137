// A tool that is a program of its own lies where perhaps only the agent can read. So it is started as the agent, and becomes the user of its
// attempt before it does anything. Called first by each such program, after its imports.
// The waiter has looked the user up, and says "UID GID GROUP ..." (spawner/Nezuban/Command.pm).

export function becomeUser(variable: string | undefined): void {
  if (variable === undefined) return;
  const [uid, gid, ...groups] = variable.split(' ').map(Number);
  if (uid === undefined || gid === undefined) throw new Error(`no user in "${variable}"`);
  if (process.getuid?.() !== 0) return;
  if (groups.length > 0) process.setgroups?.(groups);
  if (gid !== process.getgid?.()) process.setgid?.(gid);
  if (uid !== 0) process.setuid?.(uid);
  if (process.getuid?.() !== uid) throw new Error(`cannot become the user ${uid}`);
}
