// The channel `job_net`: starts a job net with what the event says as parameters. The same message starts it once, however often it is sent.
import type { ChannelKind, ChannelOf } from './channel.ts';
import { fillTemplate } from './template.ts';

type JobNetChannel = ChannelOf<'job_net'>;

export const jobNetChannel: ChannelKind<JobNetChannel> = {
  describe: ({ net }) => `job net ${net}`,
  send: async ({ net, parameters }, message, { hands }) => {
    // A test must not start what a real event starts.
    if (message.test)
      return { type: 'accepted', note: `Not started for a test; a real event starts "${net}"` };
    return await hands.startNet({
      net,
      key: message.key,
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([name, template]) => [
          name,
          fillTemplate(template, message, { escaping: 'plain' }),
        ]),
      ),
    });
  },
  splitSecrets: (channel) => ({ channel, secrets: {}, issues: [] }),
  joinSecrets: (channel) => channel,
  mask: (channel) => channel,
};
