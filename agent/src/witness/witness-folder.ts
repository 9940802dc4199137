// The files of the witness's role: `AGENT_HOME/witness/` is the home of the program and says that this agent has the role;
// `AGENT_HOME/witness.json` is the appointment, needed until the program has joined.
// Responsible for their order, so that a power cut leaves either no role or one that can go on. Called by witness-role.ts.
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const appointmentSchema = z.object({
  members: z.array(z.string()).min(1),
  /** One-time; null once the program has joined with it. */
  token: z.string().nullable(),
});
export type Appointment = z.infer<typeof appointmentSchema>;

export type WitnessFolder = {
  readonly home: string;
  /** Whether this agent has the role. */
  readonly exists: () => boolean;
  /** Null: it is not there or not ours. */
  readonly appointment: () => Appointment | null;
  readonly appoint: (appointment: Appointment) => void;
  readonly noteJoined: () => void;
  /** Whether the program has an identity there. */
  readonly isJoined: () => boolean;
  readonly remove: () => void;
};

/** What `nezuban witness` has in its home from the moment on that it is one of the pair. */
const identityFile = path.join('keeper', 'pair.json');

export function createWitnessFolder(agentHome: string): WitnessFolder {
  const home = path.join(agentHome, 'witness');
  const gone = path.join(agentHome, 'witness.gone');
  const file = path.join(agentHome, 'witness.json');

  const appointment = (): Appointment | null => {
    try {
      return appointmentSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
    } catch {
      return null;
    }
  };
  const write = (value: Appointment): void => {
    const draft = fs.openSync(`${file}.draft`, 'w', 0o600);
    try {
      fs.writeSync(draft, `${JSON.stringify(value)}\n`);
      fs.fsyncSync(draft);
    } finally {
      fs.closeSync(draft);
    }
    fs.renameSync(`${file}.draft`, file);
  };

  return {
    home,
    exists: () => fs.existsSync(home),
    appointment,
    appoint(value) {
      write(value);
      fs.mkdirSync(home, { mode: 0o700, recursive: true });
    },
    noteJoined() {
      const known = appointment();
      if (known !== null && known.token !== null) write({ ...known, token: null });
    },
    isJoined: () => fs.existsSync(path.join(home, identityFile)),
    remove() {
      // The role ends with the name of its folder, in one step; the rest is tidying.
      fs.rmSync(gone, { recursive: true, force: true });
      if (fs.existsSync(home)) fs.renameSync(home, gone);
      fs.rmSync(file, { force: true });
      fs.rmSync(gone, { recursive: true, force: true });
    },
  };
}
