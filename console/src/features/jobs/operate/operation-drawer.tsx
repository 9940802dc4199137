// Asks before an operation: its options, the reason, and what it would bring about, beside the picture of the session that shows the same.
import { Button, Checkbox, Drawer, Group, NumberInput, Select, Stack, Text, Textarea } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  settableStatuses,
  type OperationPreview,
  type OperationRequest,
  type SettableStatus,
} from '@nezuban/protocol/jobs/operate';
import type { OperationName, UnitView } from '@nezuban/protocol/jobs/session';
import { useBackend } from '../../../app/backend.tsx';
import { isDangerous, operationText } from '../operation-texts.ts';
import { PreviewList } from './operation-preview.tsx';

/** What is being asked about. */
export type AskedOperation = {
  readonly operation: OperationName;
  readonly unit: Pick<UnitView, 'path' | 'name' | 'type'> | null;
  /** The manager has refused it without one. */
  readonly reasonNeeded: boolean;
};

/** On a narrow screen the unit that is looked at lies in a drawer too (200); below the choices of a select (300). */
const aboveTheUnit = 250;

type Props = {
  readonly sessionId: number;
  readonly asked: AskedOperation | null;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onConfirm: (request: OperationRequest) => void;
  /** For the picture; null when it is shown no more. */
  readonly onPreview: (preview: OperationPreview | null) => void;
};

export const OperationDrawer = (props: Props) => {
  const { t } = useTranslation();
  const { asked, sessionId, onClose } = props;
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const named = asked === null ? '' : t(`sessionOperations.names.${asked.operation}`);
  return (
    <Drawer
      opened={asked !== null}
      // The same Escape must not reach the drawer of the unit below, which listens again as soon as this one is closed.
      onClose={() => void setTimeout(onClose)}
      position={wide ? 'right' : 'bottom'}
      size={wide ? 420 : '85%'}
      withOverlay={!wide}
      lockScroll={!wide}
      zIndex={aboveTheUnit}
      title={
        asked?.unit === null || asked === null
          ? t('sessionOperations.titleSession', { operation: named, id: sessionId })
          : t('sessionOperations.titleUnit', { operation: named, unit: asked.unit.name })
      }
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {asked !== null && (
        <OperationForm
          key={`${asked.operation} ${asked.unit?.path ?? ''}`}
          {...props}
          asked={asked}
          named={named}
        />
      )}
    </Drawer>
  );
};

type FormProps = Props & { readonly asked: AskedOperation; readonly named: string };
type Choice = SettableStatus | 'byCode';

const OperationForm = ({ sessionId, asked, named, busy, onClose, onConfirm, onPreview }: FormProps) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const { operation, unit } = asked;
  const isRerun = operation.startsWith('rerun');
  const [hold, setHold] = useState(false);
  const [oldAsWarning, setOldAsWarning] = useState(false);
  const [choice, setChoice] = useState<Choice>('normal');
  const [code, setCode] = useState(0);
  const [revision, setRevision] = useState<number | null>(null);
  const [reason, setReason] = useState('');
  const options: Omit<OperationRequest, 'reason'> = {
    operation,
    ...(unit === null ? {} : { unit: unit.path }),
    ...(isRerun && hold && { hold }),
    ...(isRerun && oldAsWarning && { oldAsWarning }),
    ...(operation === 'take_definition' && revision !== null && { revision }),
    ...(operation === 'set_status' && (choice === 'byCode' ? { exitCode: code } : { status: choice })),
  };
  const { data } = useQuery({
    queryKey: ['previewOperation', sessionId, options] as const,
    queryFn: async () => await api.call('previewOperation', { params: { id: sessionId }, body: options }),
    placeholderData: keepPreviousData,
    refetchInterval: previewRefreshMs,
  });
  useEffect(() => {
    onPreview(data ?? null);
  }, [data, onPreview]);
  useEffect(() => () => onPreview(null), [onPreview]);
  const choices: readonly Choice[] =
    unit?.type === 'command' ? [...settableStatuses, 'byCode'] : settableStatuses;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onConfirm({ ...options, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{operationText(t, operation, unit === null)}</Text>
        {operation === 'set_status' && (
          <Select
            label={t('sessionOperations.status')}
            data={choices.map((value) => ({ value, label: t(`sessionOperations.statuses.${value}`) }))}
            value={choice}
            allowDeselect={false}
            onChange={(value) => setChoice(value ?? 'normal')}
          />
        )}
        {operation === 'set_status' && choice === 'byCode' && (
          <NumberInput
            label={t('sessionOperations.exitCode')}
            min={0}
            max={255}
            allowDecimal={false}
            value={code}
            onChange={(value) => setCode(Number(value) || 0)}
          />
        )}
        {operation === 'take_definition' && (
          <NumberInput
            label={t('sessionOperations.revision')}
            description={t('sessionOperations.revisionHint')}
            min={1}
            allowDecimal={false}
            value={revision ?? ''}
            onChange={(value) => setRevision(Number(value) > 0 ? Number(value) : null)}
          />
        )}
        {isRerun && (
          <>
            <Checkbox
              label={
                unit === null && operation === 'rerun'
                  ? t('sessionOperations.holdSession')
                  : t('sessionOperations.hold')
              }
              description={t('sessionOperations.holdHint')}
              checked={hold}
              onChange={(event) => setHold(event.currentTarget.checked)}
            />
            {!(operation === 'rerun' && unit === null) && (
              <Checkbox
                label={t('sessionOperations.oldAsWarning')}
                description={t('sessionOperations.oldAsWarningHint')}
                checked={oldAsWarning}
                onChange={(event) => setOldAsWarning(event.currentTarget.checked)}
              />
            )}
          </>
        )}
        <Textarea
          label={t('sessionOperations.reason')}
          description={
            asked.reasonNeeded ? t('sessionOperations.reasonNeeded') : t('sessionOperations.reasonHint')
          }
          required={asked.reasonNeeded}
          autosize
          minRows={1}
          maxRows={4}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        <section aria-label={t('sessionOperations.preview.heading')} aria-live="polite">
          <Text size="sm" fw={600}>
            {t('sessionOperations.preview.heading')}
          </Text>
          <PreviewList preview={data} />
        </section>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={data !== undefined && data.refusal !== null}
            {...(isDangerous(operation) ? { color: 'red' } : {})}
          >
            {named}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** A session that runs goes on while somebody reads. */
const previewRefreshMs = 4_000;
