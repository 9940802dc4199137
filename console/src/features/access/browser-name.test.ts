// Tests of the name of a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserName } from './browser-name.ts';

test('browser: what browsers say of themselves: name, version, system', () => {
  const cases: Readonly<Record<string, string>> = {
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36':
      'Chrome 146, Linux',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0':
      'Edge 146, Windows',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15':
      'Safari 26, macOS',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0':
      'Firefox 148, Windows',
    'nezuban-cli/0.1.0': 'nezuban-cli/0.1.0',
  };
  for (const [agent, name] of Object.entries(cases)) assert.equal(browserName(agent), name);
});
