// What an operation would bring about, as a list by effect: at once, later, and where the session comes to.
import { Alert, List, Loader, Stack, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import {
  previewEffects,
  type OperationPreview,
  type PreviewOutcome,
  type PreviewUnit,
} from '@nezuban/protocol/jobs/operate';
import { saidIn } from '../../../i18n/said.ts';
import { useFormat } from '../../../components/use-format.ts';

/** Units that a line names. */
const namedMax = 8;
const outcomes = ['runs', 'waits', 'passed_over', 'not_run'] as const satisfies readonly PreviewOutcome[];

export const PreviewList = ({ preview }: { readonly preview: OperationPreview | undefined }) => {
  const { t } = useTranslation();
  const format = useFormat();
  if (preview === undefined)
    return (
      <Text size="sm" component="div">
        <Loader size="xs" /> {t('sessionOperations.preview.loading')}
      </Text>
    );
  if (preview.refusal !== null)
    return (
      <Alert color="orange" p="xs">
        <Refusal {...preview} refusal={preview.refusal} />
      </Alert>
    );
  const later = preview.units.filter(({ effects }) => effects.length === 0);
  const waits = preview.waitsFor.map((path) => (path === '' ? t('sessionOperations.preview.session') : path));
  return (
    <Stack gap={4}>
      {preview.units.length === 0 && <Text size="sm">{t('sessionOperations.preview.nothing')}</Text>}
      <List size="sm" spacing={2} listStyleType="none" p={0} center={false}>
        {previewEffects.map((effect) => (
          <Line
            key={effect}
            label={t(`sessionOperations.preview.effect.${effect}`)}
            units={preview.units.filter(({ effects }) => effects.includes(effect))}
          />
        ))}
      </List>
      {later.length > 0 && (
        <>
          <Text size="xs" c="dimmed">
            {t('sessionOperations.preview.afterwards')}
          </Text>
          <List size="sm" spacing={2} listStyleType="none" p={0}>
            {outcomes.map((outcome) => (
              <Line
                key={outcome}
                label={outcomeText(t, outcome)}
                units={later.filter(({ later: after }) => after === outcome)}
              />
            ))}
          </List>
        </>
      )}
      <Text size="sm">
        {preview.endsAs !== null
          ? t('sessionOperations.preview.endsAs', { status: t(`status.end.${preview.endsAs}`) })
          : t('sessionOperations.preview.waits', { what: format.list(waits) })}
      </Text>
    </Stack>
  );
};

/** One sentence each where the manager has said them so: they name what is to be put right. */
const Refusal = ({
  refusal,
  refusalsSaid = [],
}: Pick<OperationPreview, 'refusalsSaid'> & { readonly refusal: string }) => {
  const { t, i18n } = useTranslation();
  const [only] = refusalsSaid;
  if (only === undefined) return t('sessionOperations.preview.refused', { reason: refusal });
  // By the state of the session it is one sentence, which says what is asked.
  if (only.message === refusal) return saidIn(only, i18n.language);
  return (
    <>
      <Text size="sm">{t('sessionOperations.preview.refusedBecause')}</Text>
      <List size="sm" className="nz-break">
        {refusalsSaid.map((said) => (
          <List.Item key={said.message}>{saidIn(said, i18n.language)}</List.Item>
        ))}
      </List>
    </>
  );
};

const Line = ({ label, units }: { readonly label: string; readonly units: readonly PreviewUnit[] }) => {
  const { t } = useTranslation();
  const format = useFormat();
  if (units.length === 0) return null;
  const named = units.slice(0, namedMax).map(({ unit }) => unit as string);
  const rest = units.length - named.length;
  if (rest > 0) named.push(t('sessionOperations.preview.more', { count: rest }));
  return (
    <List.Item className="nz-break">
      <strong>
        {label} ({units.length})
      </strong>
      : {format.list(named)}
    </List.Item>
  );
};

const outcomeText = (t: TFunction, outcome: (typeof outcomes)[number]): string => {
  switch (outcome) {
    case 'runs':
      return t('sessionOperations.preview.thenRuns');
    case 'waits':
      return t('sessionOperations.preview.thenHeld');
    case 'passed_over':
      return t('sessionOperations.preview.thenPassed');
    case 'not_run':
      return t('sessionOperations.preview.thenNotRun');
  }
};

/** A word for each unit that the preview names, for the picture. */
export const previewNotes = (t: TFunction, preview: OperationPreview): ReadonlyMap<string, string> => {
  const notes = new Map<string, string>();
  for (const { unit, effects, later } of preview.units) {
    const [effect] = effects;
    const outcome = outcomes.find((each) => each === later);
    if (effect !== undefined) notes.set(unit, t(`sessionOperations.preview.effect.${effect}`));
    else if (outcome !== undefined) notes.set(unit, outcomeText(t, outcome));
  }
  return notes;
};
