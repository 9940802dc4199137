// What each key of a channel of notifications means: for the manual's page on YAML. Used under rules and under named channels.

const smtpMeanings = (at: string): Readonly<Record<string, string>> => ({
  [`${at}.host`]: 'Name or address of the mail server.',
  [`${at}.port`]: 'Its port.',
  [`${at}.security`]:
    '`none`: plain; `starttls`: TLS after a greeting, demanded; `tls`: from the first byte.',
  [`${at}.user`]: 'Name for signing in there.',
  [`${at}.password`]: 'Never shown again. Left out, or `"********"`: the stored one stays.',
  [`${at}.oauth2`]: 'Sign in with an access token instead of a password.',
  [`${at}.oauth2.token_url`]: 'Where tokens are given.',
  [`${at}.oauth2.grant`]: 'How one is asked for.',
  [`${at}.oauth2.client_id`]: 'Id of the application that was registered there.',
  [`${at}.oauth2.client_secret`]: 'Its secret; never shown again.',
  [`${at}.oauth2.refresh_token`]: 'For the grant `refresh_token`; never shown again.',
  [`${at}.oauth2.scope`]: 'What the token is for, as the mail provider names it.',
});

/** Channels that a rule may have for itself, too. */
export const ownChannelMeanings: Readonly<Record<string, string>> = {
  'channel.type': 'Which of the forms below.',
  'channel.smtp': 'Mail: the server that takes it.',
  ...smtpMeanings('channel.smtp'),
  'channel.more_smtp': 'Mail: further servers, tried in order when the one before does not take the message.',
  ...smtpMeanings('channel.more_smtp[]'),
  'channel.from': 'Mail: address of the sender.',
  'channel.to': 'Mail: addresses of the receivers.',
  'channel.cc': 'Mail: addresses that get a copy.',
  'channel.language': 'Language of the words that Nezuban puts in.',
  'channel.subject': 'Mail: template of the subject.',
  'channel.text': 'Template of the text; left out: everything that is known.',
  'channel.url': 'The address that gets the request. Of chats it is the secret itself and never shown again.',
  'channel.method': 'Webhook: left out, POST.',
  'channel.headers':
    'Webhook: headers. Values of those that look secret (token, key, auth, ...) are never shown again; `"********"` keeps the stored one.',
  'channel.body': 'Webhook: template of the body; left out: the whole message as JSON.',
  'channel.content_type': 'Webhook: media type of the body; left out, `application/json`.',
  'channel.signing_secret': 'Webhook: the body is signed with it (`X-Nezuban-Signature`); never shown again.',
  'channel.routing_key': 'PagerDuty: key of the integration; never shown again.',
  'channel.host': 'Syslog and SNMP: name or address of the receiver.',
  'channel.port': 'Its port.',
  'channel.transport': 'Syslog: how lines travel.',
  'channel.ca_file':
    'Syslog over TLS: PEM file on the hosts of the managers with the authority of the receiver; left out: those of the system.',
  'channel.format': 'Syslog: form of the line.',
  'channel.facility': 'Syslog: number of the facility; 16 is local0.',
  'channel.inform': 'SNMP: send an inform, which the receiver has to answer, instead of a trap.',
  'channel.community': 'SNMP: community; never shown again.',
};

/** Only of named channels. */
export const actingChannelMeanings: Readonly<Record<string, string>> = {
  'channel.net': 'Job net to start.',
  'channel.parameters': 'Parameters of the job net, by name: templates.',
  'channel.node': 'Node to run the command on; left out: the node of the event.',
  'channel.command': 'Line for `/bin/sh -c`. What the event says stands in its environment as `NEZUBAN_...`.',
  'channel.user': 'System user that runs it; left out: the one of the agent.',
  'channel.timeout_s': 'Seconds after which it is ended.',
};
