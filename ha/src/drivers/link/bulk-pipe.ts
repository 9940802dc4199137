/**
 * Carries bytes between two sockets, both ways, until one of them ends.
 *
 * Responsible for back-pressure (what one side does not take stays in the other's kernel), and that both ends are closed when either is: no
 * half-open rest. Called by both sides of the bulk link.
 */
import type net from 'node:net';
import type { Timers } from '@nezuban/platform/timers';

/** What one side sent before it ended still reaches the other, if that takes it within this time. */
const LINGER_MS = 2_000;
/** An idle connection whose other host is gone without a word is closed after about four seconds. */
const KEEP_ALIVE = { enable: true, initialDelay: 1_000, interval: 1_000, count: 3 };
/** High throughput (RFC 1349): queues on the way that look at it let the duty messages pass first. */
const TOS_THROUGHPUT = 0x08;

export function pipeBoth(timers: Timers, one: net.Socket, other: net.Socket): void {
  pipeOneWay(timers, one, other);
  pipeOneWay(timers, other, one);
}

function pipeOneWay(timers: Timers, from: net.Socket, to: net.Socket): void {
  from.pipe(to, { end: false });
  from.once('end', () => {
    // Who has ended wants no answer any more. It is read and thrown away: closing over unread bytes would be a reset, which takes what is
    // still on its way to the other side with it.
    to.unpipe(from);
    to.resume();
    to.end();
    const cancel = timers.after(LINGER_MS, () => to.destroy());
    to.once('close', cancel);
  });
  from.once('close', () => {
    // Without an end it has died, or was dropped.
    if (!from.readableEnded) to.destroy();
  });
}

/** For the network side of a bulk connection. */
export function tuneBulk(socket: net.Socket): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(KEEP_ALIVE);
  try {
    socket.setTypeOfService(TOS_THROUGHPUT);
  } catch {
    // A wish to the network, nothing more; some systems do not let it be told.
  }
}
