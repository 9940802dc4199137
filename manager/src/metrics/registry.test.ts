// The page of metrics: its text form, its bounds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { countLines } from './counting-logger.ts';
import { createMetricsRegistry } from './registry.ts';

const lineOf = (text: string, start: string): string | undefined =>
  text.split('\n').find((line) => line.startsWith(start));

test('metrics: counter, gauge and histogram: as Prometheus reads them', async () => {
  const registry = createMetricsRegistry();
  const requests = registry.counter('requests_total', 'Requests');
  requests.add({ status: '200' });
  requests.add({ status: '200' }, 2);
  requests.add({ status: 'a"b\\c\nd' });
  registry.gauge('queue', 'Queue', () => 7);
  registry.gauge('unknown', 'Never told', () => null);
  const seconds = registry.histogram('seconds', 'Durations', [0.1, 1]);
  for (const value of [0.05, 0.5, 0.7, 30]) seconds.observe(value, { operation: 'listNets' });
  const text = await registry.render();
  assert.equal(lineOf(text, 'requests_total{status="200"}'), 'requests_total{status="200"} 3');
  assert.ok(text.includes(String.raw`requests_total{status="a\"b\\c\nd"} 1`));
  assert.match(text, /# HELP queue Queue\n# TYPE queue gauge\nqueue 7\n/);
  assert.doesNotMatch(text, /unknown/);
  assert.match(
    text,
    /seconds_bucket\{operation="listNets",le="0\.1"\} 1\nseconds_bucket\{operation="listNets",le="1"\} 3\n/,
  );
  assert.match(
    text,
    /le="\+Inf"\} 4\nseconds_sum\{operation="listNets"\} 31\.25\nseconds_count\{operation="listNets"\} 4\n$/,
  );
});

test('metrics: a label with endless values: bounded, and the loss is counted', async () => {
  const registry = createMetricsRegistry();
  const counter = registry.counter('wild_total', 'Wild');
  for (let index = 0; index < 5_000; index += 1) counter.add({ value: String(index) });
  const text = await registry.render();
  assert.equal(text.split('\n').filter((line) => line.startsWith('wild_total{')).length, 1_000);
  assert.match(text, /nezuban_metrics_dropped_series_total 4000/);
});

test('metrics: what has to be fetched fails: the page is shown without', async () => {
  const registry = createMetricsRegistry();
  registry.beforeReading(() => Promise.reject(new Error('no database')));
  registry.gauge('still_there', 'Still there', () => 1);
  assert.match(await registry.render(), /still_there 1/);
});

test('metrics: lines of the log: counted by level, with the children of a logger, and still written', async () => {
  const registry = createMetricsRegistry();
  const written = createMemoryLogger();
  const logger = countLines(written, registry);
  logger.warn('one');
  logger.child({ domain: 'x' }).warn({ a: 1 }, 'two');
  const text = await registry.render();
  assert.match(text, /nezuban_log_lines_total\{level="warn"\} 2/);
  assert.match(text, /nezuban_log_lines_total\{level="error"\} 0/);
  assert.deepEqual(
    written.lines.map(({ message }) => message),
    ['one', 'two'],
  );
});
