// `nezuban trap status`: the intakes of both hosts and the reading of their journals.
import type { IntakeView, TrapProcessing } from '@nezuban/protocol/traps/trap';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const { intakes, processing } = await api.call('getIntake');
  await out.result({ intakes, processing }, () =>
    [
      ...intakes.map(describe),
      out.table(
        [
          { title: 'HOST' },
          { title: 'RECEIVER' },
          { title: 'STATE' },
          { title: 'LISTENS ON' },
          { title: 'RECEIVED', align: 'right' },
          { title: 'REFUSED', align: 'right' },
          { title: 'MALFORMED', align: 'right' },
          { title: 'DROPPED BY THE KERNEL', align: 'right' },
        ],
        intakes.flatMap((intake) =>
          (intake.status?.receivers ?? []).map((receiver) => [
            nameOf(intake),
            receiver.name,
            receiver.state,
            receiver.state === 'off' ? null : receiver.listen,
            receiver.received,
            receiver.refused,
            receiver.malformed,
            receiver.kernelDrops,
          ]),
        ),
      ),
      ...intakes.flatMap((intake) =>
        (intake.status?.receivers ?? [])
          .filter(({ state }) => state === 'failed')
          .map(
            ({ name, says }) => `${nameOf(intake)}: ${name} cannot listen: ${says ?? 'no reason was given'}`,
          ),
      ),
      describeProcessing(processing),
    ].join('\n'),
  );
};

const nameOf = ({ host, role }: IntakeView): string => host ?? (role === 'own' ? 'this host' : 'other host');

const describe = (intake: IntakeView): string => {
  const { status } = intake;
  if (!intake.connected) return `${nameOf(intake)}: its intake is not read. ${intake.says ?? ''}`.trim();
  const behind = status === null ? 0 : Math.max(0, status.nextSeq - 1 - (intake.storedSeq ?? 0));
  const journal =
    status === null
      ? ''
      : ` The journal holds ${megabytes(status.journalBytes)} of ${megabytes(status.journalBytesMax)} MB.`;
  return `${nameOf(intake)}: its intake is read, ${behind === 0 ? 'to the end' : `${behind} messages behind`}.${journal}`;
};
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

const describeProcessing = (processing: TrapProcessing): string =>
  `Since the manager came on duty: ${processing.traps} stored, ${processing.copies} copies met, ${processing.unmatched} unmatched, ${processing.malformed} malformed, ${processing.summarised} counted away, ${processing.dropped} dropped by the kernel, ${processing.refusedFull} refused for lack of room. ${processing.unpaired} wait for a copy; the oldest that waits to be stored is ${processing.lagSeconds.toFixed(1)} s old.`;
