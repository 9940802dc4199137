// What can be done with a definition from its list: switch it off and on, delete it after a question.
import { Button, Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { useAction } from '../../components/use-action.ts';

type DeleteProps = {
  readonly operation: 'deleteRule' | 'deleteChannel' | 'deleteInhibition' | 'deleteEscalation';
  readonly list: 'listRules' | 'listChannels' | 'listInhibitions' | 'listEscalations';
  readonly name: string;
  readonly revision: number;
  /** What it means that it is gone. */
  readonly text: string;
};

export const DeleteButton = ({ operation, list, name, revision, text }: DeleteProps) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const remove = async () => {
    const agreed = await confirm({
      title: t('notify.delete.title', { name }),
      text,
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    await run(
      () => api.call(operation, { params: { name }, ifMatch: etagOf(revision) }),
      t('notify.delete.done', { name }),
    );
    await client.invalidateQueries({ queryKey: [list] });
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      color="red"
      loading={busy}
      onClick={() => void remove()}
      aria-label={t('notify.delete.one', { name })}
    >
      {t('actions.delete')}
    </Button>
  );
};

type SwitchProps = {
  readonly name: string;
  readonly enabled: boolean;
  readonly list: DeleteProps['list'];
  /** Writes it switched over, on the revision that is shown. */
  readonly write: (enabled: boolean) => Promise<unknown>;
};

export const EnabledSwitch = ({ name, enabled, list, write }: SwitchProps) => {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mayWrite = useMay('notifications.write');
  const { busy, run } = useAction();
  return (
    <Switch
      size="sm"
      checked={enabled}
      disabled={!mayWrite || busy}
      aria-label={t('notify.field.enabledOne', { name })}
      onChange={(event) => {
        const next = event.currentTarget.checked;
        void run(() => write(next), t(next ? 'notify.switchedOn' : 'notify.switchedOff', { name })).then(() =>
          client.invalidateQueries({ queryKey: [list] }),
        );
      }}
    />
  );
};
