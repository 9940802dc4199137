'use strict';
/*
 * Runs before anything else of `npm ci` (the root's preinstall): says in one sentence that Node or npm is too old.
 *
 * Old Node must be able to parse this file: no const, no arrow function, no template, no optional chaining.
 * The versions come from "engines" in package.json. The pinned Node 26 that runs the product is installed by npm itself;
 * only installing needs these. Older npm ignores the lock file's optional runtime or the approval of install scripts.
 */
var engines = require('../package.json').engines;

function majorOf(text) {
  var found = /\d+/.exec(text);
  return found ? Number(found[0]) : 0;
}

function npmVersion() {
  // npm says who it is in the user agent: "npm/11.19.1 node/v20.20.2 linux x64 workspaces/false".
  var found = /(?:^|\s)npm\/(\S+)/.exec(process.env.npm_config_user_agent || '');
  return found ? found[1] : null;
}

function findProblem() {
  var node = process.version;
  var npm = npmVersion();
  if (majorOf(node) < majorOf(engines.node)) {
    return (
      'Nezuban needs Node ' + majorOf(engines.node) + ' or newer to install, but this is Node ' + node + '.'
    );
  }
  if (npm === null) {
    return 'Nezuban is installed with npm ' + majorOf(engines.npm) + ' or newer: run "npm ci".';
  }
  if (majorOf(npm) < majorOf(engines.npm)) {
    return (
      'Nezuban needs npm ' +
      majorOf(engines.npm) +
      ' or newer, but this is npm ' +
      npm +
      ': run "npm install --global npm@' +
      majorOf(engines.npm) +
      '" and try again.'
    );
  }
  return null;
}

var problem = findProblem();
if (problem !== null) {
  console.error('\n' + problem + '\n');
  process.exit(1);
}
