// Runs one change at a time for a button: busy while it runs, and what fails is said in a notification, never swallowed.
import { notifications } from '@mantine/notifications';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saidIn } from '../i18n/said.ts';
import { describeError } from './describe-error.ts';

export type Action = {
  readonly busy: boolean;
  /** Resolves to whether it succeeded. `done` is the sentence shown on success. */
  readonly run: (change: () => Promise<unknown>, done?: string) => Promise<boolean>;
};

export const useAction = (): Action => {
  const { t, i18n } = useTranslation();
  const [busy, setBusy] = useState(false);
  const run = useCallback<Action['run']>(
    async (change, done) => {
      setBusy(true);
      try {
        await change();
        if (done !== undefined) notifications.show({ message: done, color: 'green', autoClose: 4000 });
        return true;
      } catch (error) {
        const { title, detail, issues, remedy } = describeError(t, error, i18n.language);
        const [issue] = issues;
        const said = detail ?? (issue === undefined ? remedy : saidIn(issue, i18n.language));
        notifications.show({ title, message: said, color: 'red', autoClose: 12_000 });
        return false;
      } finally {
        setBusy(false);
      }
    },
    [t, i18n.language],
  );
  return { busy, run };
};
