// Whether this host hears traps: the intake's process, its receivers, its journal.
import path from 'node:path';
import { askIntakeStatus } from '@nezuban/platform/intake-status';
import type { IntakeStatus } from '@nezuban/protocol/intake/hand-over';
import type { DoctorContext } from '../context.ts';
import { ok, problem, warning, type Finding } from '../finding.ts';

const FULL_SHARE = { warning: 0.7, problem: 0.95 } as const;
const PERCENT = 100;

export const checkIntake = async ({ keeper, host, kind }: DoctorContext): Promise<Finding[]> => {
  // Started with --no-intake, or not running at all: others say so.
  if (kind !== 'manager' || keeper?.processes.some(({ name }) => name === 'intake') !== true) return [];
  const status = await askIntakeStatus(path.join(host.runDirectory, 'intake.sock'));
  if (status === null)
    return [
      problem('intake.answers', 'The intake of this host does not answer.', {
        means: 'Traps that are sent to this host are not heard.',
        type: [`tail -n 50 ${path.join(host.home, 'log', 'intake.log')}`, 'nezuban manager status'],
      }),
    ];
  return [...receiversOf(status), journalOf(status), ...lossesOf(status)];
};

const receiversOf = ({ receivers }: IntakeStatus): Finding[] => {
  const failed = receivers.filter(({ state }) => state === 'failed');
  const listening = receivers.filter(({ state }) => state === 'listening');
  if (failed.length === 0)
    return [
      ok(
        'intake.receivers',
        `Traps are heard by ${listening.map(({ name }) => name).join(', ') || 'nobody: all receivers are off'}.`,
      ),
    ];
  return failed.map(({ name, listen, says }) =>
    problem(
      `intake.${name}`,
      `The receiver ${name} does not listen at ${listen}: ${says ?? 'it does not say why.'}`,
      {
        means: 'What is sent there is not heard by this host. It is tried again by itself.',
        type: ['nezuban intake status', 'Another port or address: the settings of the section "intake".'],
      },
    ),
  );
};

const journalOf = (status: IntakeStatus): Finding => {
  const waiting = status.nextSeq - 1 - status.processedSeq;
  const share = status.journalBytes / status.journalBytesMax;
  const says = `The journal of traps is ${Math.round(share * PERCENT)} % full; ${waiting} records wait for a manager.`;
  // Processed ones are kept for a while as well: only what waits makes it full.
  if (waiting === 0 || share < FULL_SHARE.warning) return ok('intake.journal', says);
  const advice = {
    means: 'When it is full, what is sent to this host is refused or counted, and not kept.',
    type: ['nezuban pair status', 'Let a manager be on duty: it reads the journals of both hosts.'],
  };
  return share >= FULL_SHARE.problem
    ? problem('intake.journal', says, advice)
    : warning('intake.journal', says, advice);
};

const lossesOf = ({ refusedFull, receivers, summarised }: IntakeStatus): Finding[] => {
  const dropped = receivers.reduce((sum, { kernelDrops }) => sum + kernelDrops, 0);
  const findings: Finding[] = [];
  if (refusedFull > 0)
    findings.push(
      warning(
        'intake.full',
        `${refusedFull} messages were not taken because the journal was full, since the intake began.`,
        {
          type: [
            'nezuban intake status',
            'A larger bound: journal_bytes_max in the settings of the section "intake".',
          ],
        },
      ),
    );
  if (dropped > 0)
    findings.push(
      warning(
        'intake.kernel_drops',
        `The kernel dropped ${dropped} datagrams before the intake saw them, since it began.`,
        {
          means: 'Bursts are longer than the buffers of the sockets.',
          type: [
            'sysctl -w net.core.rmem_max=16777216',
            'Restart the manager; it asks for larger buffers then.',
          ],
        },
      ),
    );
  if (summarised > 0)
    findings.push(
      warning(
        'intake.summarised',
        `${summarised} messages of loud sources were counted instead of kept, since the intake began.`,
        {
          type: [
            'nezuban intake status',
            'A higher limit: source_per_second_max in the settings of the section "intake".',
          ],
        },
      ),
    );
  return findings;
};
