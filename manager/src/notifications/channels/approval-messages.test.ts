// What each kind of channel puts on the wire of an approval: its link, until when it waits, and nothing that looks like another link.
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { newEvent } from '@nezuban/protocol/events/event';
import { anyChannelSchema } from '@nezuban/protocol/notifications/channel';
import { noHands } from './channel.ts';
import { messageOfEvent } from './message-text.ts';
import { kindOf } from './registry.ts';

/** Remembers the bodies that come. */
const startReceiver = async (t: TestContext) => {
  const seen: { readonly body: string }[] = [];
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({ body: Buffer.concat(parts).toString('utf8') });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

test('channels: an approval: a link and until when, in the form of each, and no link of somebody else', async (t) => {
  const { url, seen } = await startReceiver(t);
  const question = 'Go? [decide here](https://evil.example) <users/all> <https://evil.example|here>';
  const details = { net: 'pay', session: 12, unit: 'a(b)|c', question, until: '2026-11-27T03:00:00.000Z' };
  const asked = {
    ...newEvent,
    id: 42,
    at: '2026-11-26T01:02:03.000Z',
    priority: 'info' as const,
    node: null,
    code: 'approval_asked' as const,
    message: question,
    details,
  };
  const told = {
    ...messageOfEvent(asked),
    key: 'm-1',
    rule: 'night',
    consoleUrls: ['https://[::1]:8443/', 'https://b.example'],
  };
  const place = '/approvals?session=12&unit=a%28b%29%7Cc';
  const links = [`https://[::1]:8443${place}`, `https://b.example${place}`];
  for (const channel of [
    { type: 'webhook', url },
    { type: 'slack', url },
    { type: 'teams', url, language: 'ja' },
    { type: 'google_chat', url },
    { type: 'discord', url },
    { type: 'pagerduty', routing_key: 'r-key', url },
    { type: 'webhook', url, body: '{"to": "{{link}}", "by": "{{until}}"}' },
    { type: 'slack', url, text: 'only this' },
    { type: 'teams', url, text: '[decide]({{link}}) {{detail.question}}' },
  ]) {
    const parsed = anyChannelSchema.parse(channel);
    await kindOf(parsed).send(parsed, told, { signal: AbortSignal.timeout(10_000), hands: noHands });
  }
  const [hook, slack, teams, google, discord, pager, own, plain, mine] = seen.map(({ body }) => body);
  const whole = JSON.parse(hook ?? '') as { links: string[]; until: string };
  assert.deepEqual([whole.links, whole.until], [links, details.until]);
  assert.ok(
    slack?.includes(`<https://b.example${place.replace('&', '&amp;')}|Decide in the console (b.example)>`),
  );
  assert.doesNotMatch(slack ?? '', /"mrkdwn"[^}]*evil/);
  const card = JSON.parse(teams ?? '') as { attachments: { content: { actions: unknown[] } }[] };
  assert.deepEqual(card.attachments[0]?.content.actions[1], {
    type: 'Action.OpenUrl',
    title: 'コンソールで判断する (b.example)',
    url: links[1],
  });
  assert.ok(
    (JSON.parse(google ?? '') as { text: string }).text.endsWith(
      `Decide in the console:\n${links.join('\n')}`,
    ),
  );
  assert.equal((JSON.parse(discord ?? '') as { embeds: { url: string }[] }).embeds[0]?.url, links[0]);
  assert.equal((JSON.parse(pager ?? '') as { links: { href: string }[] }).links[1]?.href, links[1]);
  assert.deepEqual(JSON.parse(own ?? ''), { to: links[0], by: details.until });
  assert.doesNotMatch(plain ?? '', /approvals\?/);
  assert.match(mine ?? '', /\[decide\]\(https:\/\/\[::1\]:8443\/approvals/);
  assert.doesNotMatch(mine ?? '', /\]\(https:\/\/evil/);
  for (const body of [teams, discord]) assert.doesNotMatch(body ?? '', /\]\(https/);
  assert.doesNotMatch(google ?? '', /<users|<https/);
  for (const body of [slack, teams, google, discord]) assert.match(body ?? '', /2026-11-27T03:00:00/);
});
