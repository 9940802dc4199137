// Saving a draft: over the version that it was made from and no other; and what follows when another is there. Responsible for the base and for the
// dialogs' state; how they look is theirs. Called by net-editor.tsx.
import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, hasCode } from '../../../../api/api-problem.ts';
import { etagOf } from '../../../../api/client.ts';
import { useBackend } from '../../../../app/backend.tsx';
import { draftOf } from '../model/draft-net.ts';
import { draftIssueOf } from '../model/judge-draft.ts';
import { mergeNets, type MergeClash } from '../model/merge-nets.ts';
import { definitionOf } from '../model/net-text.ts';
import type { Editor } from '../use-editor.ts';
import { inFull, isSame, type Base, type Theirs } from './base.ts';

type Options = {
  readonly editor: Editor;
  readonly initial: Base | null;
  /** Of the definition of one session false: what is saved of the net is another matter. */
  readonly follows: boolean;
  /** A net that is new has an address of its own now. */
  readonly onSaved: (name: string) => void;
};

export const useSaving = ({ editor, initial, follows, onSaved }: Options) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const { net } = editor.state;
  const [base, setBase] = useState(initial);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [clashes, setClashes] = useState<readonly MergeClash[]>([]);
  const [theirs, setTheirs] = useState<Theirs | 'none'>('none');
  const changed = useMemo(() => base === null || !isSame(net, base.net), [net, base]);

  // The live stream tells of a new version at once: before the work of an hour is saved, not after.
  const { data: newest } = useQuery({ ...queries.net(net.name), enabled: base !== null && follows });
  const newer =
    follows && base !== null && newest !== undefined && newest.body.revision > base.revision
      ? newest.body
      : null;
  const take = (next: Base) => {
    setBase(next);
    setClashes([]);
    editor.dispatch({ type: 'start', net: next.net });
  };
  useEffect(() => {
    if (newer === null || changed) return;
    take({ net: draftOf(newer.definition), revision: newer.revision });
    // Nothing of mine is lost: what is shown follows what is stored.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [newer, changed]);

  const loadTheirs = async (): Promise<Theirs> => {
    try {
      const { body } = await api.callForAnswer('getNet', { params: { name: net.name } });
      return { base: { net: draftOf(body.definition), revision: body.revision }, user: body.updatedBy };
    } catch (failure) {
      if (hasCode(failure, 'not_found')) return null;
      throw failure;
    }
  };
  const compare = async () => {
    setAsking(false);
    try {
      setTheirs(await loadTheirs());
    } catch (failure) {
      setError(failure);
    }
  };
  const save = async (reason: string) => {
    const definition = definitionOf(net);
    if (definition === null) return;
    setBusy(true);
    setError(null);
    try {
      const answer = await api.call('putNet', {
        params: { name: net.name },
        query: reason === '' ? {} : { reason },
        body: definition,
        ifMatch: base === null ? null : etagOf(base.revision),
      });
      const isNew = base === null;
      setBase({ net, revision: answer.revision });
      setClashes([]);
      setAsking(false);
      notifications.show({
        message: t('editor.save.done', { net: net.name, revision: answer.revision }),
        color: 'green',
        autoClose: 4000,
      });
      await Promise.all(
        [
          ['net', net.name],
          ['netYaml', net.name],
          ['netVersions', net.name],
          ['listNets'],
          ['netFolders'],
        ].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
      if (isNew) onSaved(net.name);
    } catch (failure) {
      if (hasCode(failure, 'precondition_failed') && base !== null) await compare();
      else {
        setError(failure);
        if (failure instanceof ApiProblem && failure.issues.length > 0)
          editor.reportIssues(failure.issues.map((issue) => draftIssueOf(net, issue)));
      }
    } finally {
      setBusy(false);
    }
  };
  const merge = () => {
    if (theirs === 'none' || theirs === null || base === null) return;
    const merged = mergeNets({ base: inFull(base.net), mine: inFull(net), theirs: inFull(theirs.base.net) });
    setBase(theirs.base);
    setClashes(merged.clashes);
    setTheirs('none');
    editor.run({ type: 'replace', net: merged.net });
    setAsking(true);
  };
  /** Mine becomes the next version as it is: over theirs, or as a new net where theirs is gone. */
  const keepMine = () => {
    if (theirs === 'none') return;
    setBase(theirs?.base ?? null);
    setTheirs('none');
    setAsking(true);
  };
  return {
    base,
    changed,
    newer,
    busy,
    error,
    clashes,
    asking,
    theirs,
    ask: () => {
      setError(null);
      setAsking(true);
    },
    stopAsking: () => setAsking(false),
    save,
    compare,
    merge,
    keepMine,
    takeTheirs: () => {
      if (theirs !== 'none' && theirs !== null) take(theirs.base);
      setTheirs('none');
    },
    closeConflict: () => setTheirs('none'),
    discard: () => {
      if (base !== null) take(base);
    },
  };
};
