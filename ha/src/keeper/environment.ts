// What the keeper's children get as environment. Pure.
// Under `npm start`, npm adds variables of its own and puts its programs in front of PATH; jobs run by the local agent would inherit
// them, and a job's `node` would be ours.

/** A copy without what npm added. */
export function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (environment['npm_lifecycle_event'] === undefined) return { ...environment };
  const kept = Object.entries(environment).filter(
    ([name]) => !name.startsWith('npm_') && name !== 'INIT_CWD' && name !== 'NODE',
  );
  const copy: NodeJS.ProcessEnv = Object.fromEntries(kept);
  const searched = environment['PATH'];
  if (searched !== undefined) {
    const folders = searched
      .split(':')
      .filter((folder) => !folder.endsWith('/node_modules/.bin') && !folder.endsWith('/node-gyp-bin'));
    copy['PATH'] = folders.join(':');
  }
  return copy;
}
