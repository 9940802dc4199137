// The order of a command by SSH.
import type { SshInput } from '@nezuban/protocol/agent/tool-inputs';
import type { SshUnit } from '@nezuban/protocol/jobs/units/ssh';
import type { AttemptKind } from './attempt-kind.ts';
import { capturesOf } from './captures.ts';
import { ownVariables } from './own-variables.ts';
import { filled, programEnvironment, textsAt } from './tool-texts.ts';

export const sshKind: AttemptKind<SshUnit> = {
  orderOf(definition, place) {
    const { fill } = textsAt(place);
    const killAfterMs = definition.kill_after_s * 1000;
    const input: SshInput = {
      host: fill(definition.host, 'the host'),
      port: definition.port,
      login: definition.login,
      command: definition.command,
      environment: programEnvironment(place, definition.environment, fill),
      keyFile: definition.key_file,
      ...(definition.known_hosts === undefined ? {} : { knownHosts: definition.known_hosts }),
      ...(definition.known_hosts_file === undefined ? {} : { knownHostsFile: definition.known_hosts_file }),
      connectTimeoutS: definition.connect_timeout_s,
      killAfterMs,
    };
    return {
      tool: { name: 'ssh', input },
      environment: ownVariables(place),
      ...capturesOf(definition),
    };
  },
  problemOf(definition, place) {
    const texts = textsAt(place);
    texts.fill(definition.host, 'the host');
    filled(definition.environment, texts.fill, 'the environment variable');
    return texts.tooLong();
  },
};
