'use strict';
/*
 * The root's preinstall script: makes `npm ci` fail with one sentence when Node or npm is too old.
 *
 * npm 7 and later run it after the packages have been placed, so `node` may be the pinned one by then; what counts is the
 * Node that npm itself runs on, and npm says that in its user agent: "npm/11.19.1 node/v20.20.2 linux x64".
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

function versionOf(program) {
  var found = new RegExp('(?:^|\\s)' + program + '/v?(\\S+)').exec(process.env.npm_config_user_agent || '');
  return found ? found[1] : null;
}

function findProblem() {
  var npm = versionOf('npm');
  var node = versionOf('node') || process.version.slice(1);
  if (npm === null || npm === '?') {
    return 'Nezuban is installed with npm ' + majorOf(engines.npm) + ' or newer: run "npm ci".';
  }
  if (majorOf(node) < majorOf(engines.node)) {
    return (
      'Nezuban needs Node ' +
      majorOf(engines.node) +
      ' or newer to install, but this npm runs on Node ' +
      node +
      '.'
    );
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
