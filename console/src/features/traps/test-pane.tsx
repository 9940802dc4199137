// Beside the rules: what they make of a pasted sample, or of traps that came, while they are edited. Changes nothing.
import {
  Alert,
  Button,
  Group,
  Loader,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../../api/api-problem.ts';
import { ErrorState } from '../../components/error-state.tsx';
import type { RuleDraft, TrapSource } from './monitor-draft.ts';
import { TestResults } from './test-results.tsx';
import { pastSpans, type PastSpan, type TrapTesting } from './use-trap-test.ts';

type Props = {
  readonly test: TrapTesting;
  readonly rules: readonly RuleDraft[];
  readonly source: TrapSource;
};

export const TestPane = ({ test, rules, source }: Props) => {
  const { t } = useTranslation();
  const { against, setAgainst, result, error, busy, idle } = test;
  const isRefusal = error instanceof ApiProblem && error.issues.length > 0;
  return (
    <section className="nz-test" aria-label={t('traps.test.title')}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h5">
          {t('traps.test.title')}
        </Title>
        {busy && idle === null && <Loader size="xs" aria-label={t('traps.test.running')} />}
      </Group>
      <Text size="xs" c="dimmed">
        {t('traps.test.text')}
      </Text>
      <SegmentedControl
        fullWidth
        aria-label={t('traps.test.against')}
        value={against.kind}
        onChange={(value) => setAgainst({ kind: value })}
        data={(['past', 'sample'] as const).map((value) => ({ value, label: t(`traps.test.${value}`) }))}
      />
      {against.kind === 'sample' ? <Sample test={test} source={source} /> : <Past test={test} />}
      <div className="nz-test-outcome">
        {idle !== null && (
          <Alert color="gray" p="sm" icon={<IconFlask size={16} aria-hidden="true" />}>
            {t(`traps.test.idle.${idle}`)}
          </Alert>
        )}
        {idle === null &&
          error !== null &&
          error !== undefined &&
          (isRefusal ? (
            <Alert color="yellow" p="sm" role="alert">
              {t('traps.test.refused')}
            </Alert>
          ) : (
            <ErrorState error={error} />
          ))}
        {result !== undefined && idle !== 'no-sample' && idle !== 'no-rules' && (
          <TestResults result={result} rules={rules} stale={busy || idle !== null || error !== null} />
        )}
      </div>
    </section>
  );
};

const placeholders: Readonly<Record<TrapSource, string>> = {
  syslog: '<11>Nov 26 12:00:00 sw1 ifmgr: interface Gi0/1 is down',
  snmp: '30 82 00 4f 02 01 01 04 06 70 75 62 6c 69 63 a7 …',
  custom: '{ "host": "web1", "key": "backup", "text": "no space left", "priority": "critical" }',
};

const Sample = ({ test, source }: { readonly test: TrapTesting; readonly source: TrapSource }) => {
  const { t } = useTranslation();
  const { against, setAgainst } = test;
  return (
    <Stack gap="xs">
      <Textarea
        label={t(`traps.test.sampleOf.${source}`)}
        placeholder={placeholders[source]}
        classNames={{ input: 'nz-mono' }}
        value={against.message}
        onChange={(event) => setAgainst({ message: event.currentTarget.value })}
        autosize
        minRows={3}
        maxRows={8}
        spellCheck={false}
      />
      <Group gap="xs" align="flex-end">
        <TextInput
          label={t('traps.test.sender')}
          placeholder="127.0.0.1"
          value={against.address}
          onChange={(event) => setAgainst({ address: event.currentTarget.value })}
          w={170}
        />
        {source !== 'snmp' && (
          <SegmentedControl
            size="xs"
            aria-label={t('traps.test.encoding')}
            value={against.encoding}
            onChange={(value) => setAgainst({ encoding: value })}
            data={[
              { value: 'text', label: t('traps.detail.text') },
              { value: 'hex', label: t('traps.detail.hex') },
            ]}
          />
        )}
      </Group>
    </Stack>
  );
};

const Past = ({ test }: { readonly test: TrapTesting }) => {
  const { t } = useTranslation();
  const { against, setAgainst } = test;
  if (against.ids !== null)
    return (
      <Group gap="xs">
        <Text size="sm">{t('traps.test.oneTrap', { id: against.ids.join(', ') })}</Text>
        <Button size="compact-sm" variant="default" onClick={() => setAgainst({ ids: null })}>
          {t('traps.test.allPast')}
        </Button>
      </Group>
    );
  return (
    <Group gap="xs" align="flex-end">
      <Select
        label={t('traps.test.span')}
        value={against.span}
        onChange={(value) => value !== null && setAgainst({ span: value })}
        allowDeselect={false}
        data={(Object.keys(pastSpans) as PastSpan[]).map((value) => ({
          value,
          label: t(`traps.filter.${value}`),
        }))}
        w={150}
      />
      <TextInput
        label={t('traps.columns.node')}
        placeholder={t('traps.when.any')}
        value={against.node}
        onChange={(event) => setAgainst({ node: event.currentTarget.value })}
        w={150}
      />
    </Group>
  );
};
