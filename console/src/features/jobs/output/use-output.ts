// One output of one attempt as a window that moves: at its end it follows what comes, by live messages and by a slow poll where the live stream is
// away; anywhere else it stays, and reads on at either end when somebody scrolls there. Called by output-viewer.tsx.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { OutputStream } from '@nezuban/protocol/agent/link';
import type { OutputPage } from '@nezuban/protocol/api/output-operations';
import type { OutputEncoding } from '@nezuban/protocol/jobs/units/attempt-base';
import type { AttemptId } from '@nezuban/protocol/ids';
import { isRetryable } from '../../../api/api-problem.ts';
import { useBackend } from '../../../app/backend.tsx';
import {
  appendPage,
  emptyWindow,
  endOf,
  outputLimits,
  prependPage,
  reachesEnd,
  startOf,
  type OutputWindow,
} from './output-window.ts';

/** Without live messages, and against a lost one. */
const pollMs = 3_000;

/** Where the window begins: at the end, or at a byte; `line`: that byte is the first of a line. */
export type OutputPlace =
  | { readonly at: 'end' }
  | { readonly at: 'byte'; readonly offset: number; readonly line: boolean };

export type FollowedOutput = {
  readonly window: OutputWindow;
  readonly loaded: boolean;
  readonly error: unknown;
  readonly retry: () => void;
  /** Moves the window. */
  readonly goTo: (place: OutputPlace) => void;
  readonly place: OutputPlace;
  /** Reads the page before, or behind; nothing where there is none, or one is on its way. */
  readonly readBefore: () => void;
  readonly readBehind: () => void;
};

export type OutputSource = {
  readonly attemptId: AttemptId;
  readonly stream: OutputStream;
  readonly encoding: OutputEncoding;
};

export const useOutput = ({ attemptId, stream, encoding }: OutputSource): FollowedOutput => {
  const { api, live } = useBackend();
  const [window, setWindow] = useState(emptyWindow);
  const [loaded, setLoaded] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [place, setPlace] = useState<OutputPlace>({ at: 'end' });
  const [round, setRound] = useState(0);
  /** The newest window, for what goes on while React has not drawn it. */
  const held = useRef(emptyWindow);
  const reading = useRef(false);
  const read = useCallback(
    async (query: { offset: number; limit: number }, signal?: AbortSignal): Promise<OutputPage> =>
      await api.call(
        'getOutput',
        {
          params: { attemptId },
          query: { stream, ...query, ...(encoding === 'auto' ? {} : { encoding }) },
        },
        signal,
      ),
    [api, attemptId, stream, encoding],
  );
  const hold = (next: OutputWindow): void => {
    held.current = next;
    setWindow(next);
  };

  useEffect(() => {
    const ending = new AbortController();
    let wake: () => void = () => {};
    const unsubscribe = live.subscribe((notice) => {
      if (
        notice.kind === 'opened' ||
        (notice.message.type === 'output' &&
          notice.message.attemptId === attemptId &&
          notice.message.stream === stream)
      )
        wake();
    });
    const pause = () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    const first = async (): Promise<void> => {
      const limit = outputLimits.pageBytes;
      const page = await read(
        { offset: place.at === 'end' ? -limit * 2 : place.offset, limit: limit * 2 },
        ending.signal,
      );
      hold(appendPage(emptyWindow, page, place.at === 'byte' && place.line));
      setLoaded(true);
    };
    /** Reads on as long as the window is at the end: elsewhere what comes is of no interest. */
    const follow = async () => {
      // How much there is stays known while the window moves.
      hold({ ...emptyWindow, storedBytes: held.current.storedBytes });
      setLoaded(false);
      setError(null);
      let isBegun = false;
      while (!ending.signal.aborted) {
        try {
          if (!isBegun) await first();
          else if (!reading.current && (place.at === 'end' || reachesEnd(held.current))) {
            const page = await read(
              { offset: endOf(held.current), limit: outputLimits.pageBytes },
              ending.signal,
            );
            hold(appendPage(held.current, page));
          }
          isBegun = true;
          setError(null);
          if (held.current.complete && (place.at === 'byte' || reachesEnd(held.current))) return;
          if (place.at === 'end' && !reachesEnd(held.current)) continue;
        } catch (failure) {
          if (ending.signal.aborted) return;
          setError(failure);
          // What does not pass by itself waits for the user.
          if (!isRetryable(failure)) return;
        }
        await pause();
      }
    };
    void follow();
    return () => {
      unsubscribe();
      ending.abort();
      wake();
    };
  }, [read, live, attemptId, stream, place, round]);

  const extend = (step: () => Promise<OutputWindow>): void => {
    if (reading.current || !loaded) return;
    reading.current = true;
    const before = held.current;
    step()
      .then((next) => {
        // It was moved meanwhile: this page belongs nowhere.
        if (held.current === before) hold(next);
      })
      .catch((failure: unknown) => setError(failure))
      .finally(() => (reading.current = false));
  };
  const readBefore = (): void => {
    const end = startOf(held.current);
    if (end === 0) return;
    extend(async () => {
      const offset = Math.max(0, end - outputLimits.pageBytes);
      let next = await read({ offset, limit: end - offset });
      // A range that was not kept lies between: what follows it is what was asked for.
      if (next.gap !== undefined && next.nextOffset < end)
        next = await read({ offset: next.nextOffset, limit: end - next.nextOffset });
      return prependPage(held.current, next);
    });
  };
  const readBehind = (): void => {
    if (reachesEnd(held.current)) return;
    extend(async () =>
      appendPage(held.current, await read({ offset: endOf(held.current), limit: outputLimits.pageBytes })),
    );
  };

  return {
    window,
    loaded,
    error,
    place,
    retry: () => setRound((count) => count + 1),
    goTo: setPlace,
    readBefore,
    readBehind,
  };
};
