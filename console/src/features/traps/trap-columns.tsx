// Columns of the list of traps.
import { UnstyledButton } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { TrapSummary } from '@nezuban/protocol/traps/trap';
import { defineColumns } from '../../components/data-columns.ts';
import { Instant } from '../../components/times.tsx';
import { TrapMarks } from './trap-marks.tsx';

type Open = (id: number) => void;

const Said = ({ trap, onOpen }: { readonly trap: TrapSummary; readonly onOpen: Open }) => (
  <UnstyledButton className="nz-trap-text" data-row-main onClick={() => onOpen(trap.id)}>
    {trap.text === '' ? '–' : trap.text}
  </UnstyledButton>
);

export const whoIs = (trap: Pick<TrapSummary, 'node' | 'host' | 'address'>): string =>
  trap.node ?? trap.host ?? trap.address;

export const wideTrapColumns = (t: TFunction, onOpen: Open) =>
  defineColumns<TrapSummary>([
    {
      id: 'at',
      header: t('traps.columns.at'),
      cell: (trap) => <Instant at={trap.receivedAt} />,
      width: '132px',
    },
    {
      id: 'protocol',
      header: t('traps.columns.protocol'),
      cell: (trap) => t(`traps.protocol.${trap.protocol}`),
      width: '88px',
    },
    {
      id: 'who',
      header: t('traps.columns.who'),
      cell: (trap) => (
        <span className="nz-cut" title={trap.address}>
          {trap.node === null ? <span className="nz-trap-unknown">{whoIs(trap)}</span> : trap.node}
        </span>
      ),
      width: '150px',
    },
    { id: 'text', header: t('traps.columns.text'), cell: (trap) => <Said trap={trap} onOpen={onOpen} /> },
    {
      id: 'marks',
      header: t('traps.columns.became'),
      cell: (trap) => <TrapMarks trap={trap} />,
      width: '190px',
    },
  ]);

export const narrowTrapColumns = (t: TFunction, onOpen: Open) =>
  defineColumns<TrapSummary>([
    {
      id: 'all',
      header: t('traps.columns.text'),
      cell: (trap) => (
        <div className="nz-trap-narrow">
          <div className="nz-trap-narrow-top">
            <Instant at={trap.receivedAt} />
            <span className="nz-cut">{whoIs(trap)}</span>
            <TrapMarks trap={trap} />
          </div>
          <Said trap={trap} onOpen={onOpen} />
        </div>
      ),
    },
  ]);
