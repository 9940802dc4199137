// Options that every command takes.
import type { OptionSpec } from '../commands/command.ts';

export const globalOptions = {
  json: { type: 'flag', description: 'Print one JSON document, or one per line while following' },
  url: { type: 'text', value: 'URL', description: 'Address of the manager (environment: NEZUBAN_URL)' },
  token: {
    type: 'text',
    value: 'TOKEN',
    description: 'API token; better in the environment as NEZUBAN_TOKEN, since other users can see arguments',
  },
  home: { type: 'text', value: 'DIR', description: 'Home of the local manager (environment: NEZUBAN_HOME)' },
  ca: {
    type: 'text',
    value: 'FILE',
    description: "Certificates (PEM) to trust for TLS instead of the system's",
  },
  'no-color': { type: 'flag', description: 'No colours (environment: NO_COLOR)' },
  help: { type: 'flag', short: 'h', description: 'Help of the command' },
} as const satisfies Record<string, OptionSpec>;
