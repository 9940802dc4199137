// The events that traps become, and those that an intake's own words become.
// Responsible for sentences and details of drafts; `core/src/traps/rules` has decided which there are. Pure. Called by trap-batch.ts.
import type { PlacedTrap } from '@nezuban/core/traps/parsed-trap';
import type { TrapVerdict } from '@nezuban/core/traps/verdict';
import type { ControlNote, ReceiverStatus } from '@nezuban/protocol/intake/hand-over';
import type { EventDraft } from '../ports.ts';
import { trapsLimits as limits } from './traps-limits.ts';

type TrapEvent = Extract<TrapVerdict, { readonly type: 'event' }>;

export const trapDraft = (trap: PlacedTrap, verdict: TrapEvent, trapId: number): EventDraft => ({
  at: new Date(trap.receivedMs),
  priority: verdict.priority,
  code: 'trap_received',
  node: trap.node,
  // The device's own words: they stand in the message alone, in every language.
  message: verdict.message,
  details:
    trap.claimedHost === null
      ? { protocol: trap.protocol, address: trap.address, rule: verdict.rule }
      : { protocol: trap.protocol, address: trap.address, rule: verdict.rule, host: trap.claimedHost },
  monitor: verdict.monitor,
  trapId,
  ...(verdict.key === null ? {} : { key: verdict.key }),
  ...(verdict.clears ? { clears: true } : {}),
  ...(verdict.collapseS === null ? {} : { collapseS: verdict.collapseS }),
  ...(Object.keys(verdict.fields).length === 0 ? {} : { fields: verdict.fields }),
});

/** A silence that a restart or an upgrade explains. */
const SHORT_SILENCE_US = 10_000_000;

export type NoteContext = {
  readonly host: string;
  readonly receivedUs: number;
  readonly node: string | null;
  readonly trapId: number;
};

/** Null: nothing that people have to read. */
export const noteDraft = (
  note: ControlNote,
  { host, receivedUs, node, trapId }: NoteContext,
): EventDraft | null => {
  const common = {
    at: new Date(Math.floor(receivedUs / 1_000)),
    node: null,
    trapId,
    collapseS: limits.troubleCollapseS,
  };
  switch (note.note) {
    case 'started': {
      if (note.silentSinceUs === 0) return null;
      const since = new Date(Math.floor(note.silentSinceUs / 1_000)).toISOString();
      return {
        ...common,
        code: 'intake_recovered',
        priority: receivedUs - note.silentSinceUs > SHORT_SILENCE_US ? 'warning' : 'info',
        message: `The intake of ${host} listens again; it had not been listening since ${since}.`,
        details: { host, since },
        key: `silent:${host}`,
      };
    }
    case 'summarised':
      return {
        ...common,
        node,
        code: 'trap_storm',
        priority: 'warning',
        message: `${note.address} says too much: ${note.count} messages (${note.protocol}) were counted, not kept one by one. One of them: ${note.sample}`,
        details: {
          address: note.address,
          protocol: note.protocol,
          count: note.count,
          sample: note.sample,
          host,
        },
        key: `storm:${note.protocol}:${note.address}`,
      };
    case 'kernel-drops':
      return {
        ...common,
        code: 'trap_dropped',
        priority: 'warning',
        message: `The operating system of ${host} dropped ${note.count} messages before the receiver "${note.receiver}" could take them.`,
        details: { host, receiver: note.receiver, count: note.count },
        key: `drops:${host}:${note.receiver}`,
      };
    case 'full':
      return {
        ...common,
        code: 'trap_journal_full',
        priority: 'critical',
        message: `The journal of the intake of ${host} was full: ${note.refused} messages were not taken.`,
        details: { host, count: note.refused },
        key: `full:${host}`,
      };
    case 'damaged':
      return {
        ...common,
        code: 'intake_trouble',
        priority: 'critical',
        message: `A damaged place of the journal of the intake of ${host} was left out: ${note.says}`,
        details: { host, reason: note.says },
        key: `damaged:${host}`,
      };
  }
};

export const journalChangedDraft = (
  at: Date,
  { host, lastSeq }: { readonly host: string; readonly lastSeq: number },
): EventDraft => ({
  at,
  node: null,
  code: 'intake_trouble',
  priority: 'critical',
  message: `The intake of ${host} keeps a new journal; what was in the old one behind number ${lastSeq}, if anything, is lost.`,
  details: { host, reason: `its journal was lost; it had been read up to ${lastSeq}`, lastSeq },
});

export const sameJournalDraft = (at: Date, host: string): EventDraft => ({
  at,
  node: null,
  code: 'intake_trouble',
  priority: 'critical',
  message: `The intake of ${host} names the same journal as that of the other host: one was copied from the other, and only one of them is read. Stop the intake of the copy, remove its folder "intake" and start it again.`,
  details: { host, reason: 'it names the same journal as the other host' },
  key: `journal:${host}`,
});

export const gapDraft = (
  at: Date,
  { host, from, to }: { readonly host: string; readonly from: number; readonly to: number },
): EventDraft => ({
  at,
  node: null,
  code: 'intake_trouble',
  priority: 'critical',
  message: `The intake of ${host} no longer holds ${to - from + 1} of its records (${from} to ${to}) that had not been read.`,
  details: { host, reason: `records ${from} to ${to} are gone`, from, to },
});

export const receiverDraft = (at: Date, host: string, receiver: ReceiverStatus): EventDraft => {
  const common = { at, node: null, key: `receiver:${host}:${receiver.name}`, monitor: 'nezuban-intake' };
  return receiver.state === 'failed'
    ? {
        ...common,
        code: 'intake_trouble',
        priority: 'critical',
        message: `The receiver "${receiver.name}" of ${host} cannot listen on ${receiver.listen}: ${receiver.says ?? 'no reason was given'}`,
        details: { host, receiver: receiver.name, reason: receiver.says ?? '', listen: receiver.listen },
      }
    : {
        ...common,
        code: 'intake_recovered',
        priority: 'info',
        message: `The receiver "${receiver.name}" of ${host} listens again on ${receiver.listen}.`,
        details: { host, receiver: receiver.name, listen: receiver.listen },
        clears: true,
      };
};
