/** Test of the test browser itself: it starts, and shows a page from 127.0.0.1. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { launchBrowser } from './browser.ts';

test('browser: a page with a script: it runs and its text can be read', async () => {
  const server = http.createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<h1></h1><script>document.querySelector("h1").textContent = "寝ず番 " + (40 + 2)</script>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    assert.equal(await page.textContent('h1'), '寝ず番 42');
    const { width } = (await page.locator('h1').boundingBox()) ?? assert.fail('the heading has no box');
    assert.ok(width > 0);
    assert.ok((await page.screenshot()).length > 1_000);
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
});
