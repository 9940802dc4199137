// Beside the map: the chosen net, its last session, and what it has to do with the others, unit by unit.
import { ActionIcon, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconFocusCentered, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { NetMap, NetMapEntry } from '@nezuban/protocol/jobs/net-relation';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { sessionStatus } from '../../../components/status.ts';
import { Instant } from '../../../components/times.tsx';
import { relationsOfNet } from './net-map-model.ts';
import { unitsText } from './units-text.ts';

type Props = {
  readonly map: NetMap;
  readonly entry: NetMapEntry;
  readonly onCentre: (net: string) => void;
  readonly onClose: () => void;
};

export const NetMapPanel = ({ map, entry, onCentre, onClose }: Props) => {
  const { t } = useTranslation();
  const { name, title, exists, lastSession } = entry;
  return (
    <section className="nz-panel" aria-label={t('netMap.panel', { net: name })}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className="nz-panel-title">
          <Title order={2} size="h4">
            {exists ? (
              <Anchor
                inherit
                renderRoot={(props: object) => <Link to="/net/$name" params={{ name }} {...props} />}
              >
                {title ?? name}
              </Anchor>
            ) : (
              name
            )}
          </Title>
          <Text size="xs" c="dimmed" className="nz-break">
            {exists ? name : t('netMap.missing')}
          </Text>
        </div>
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label={t('actions.close')}>
          <IconX size={18} aria-hidden="true" />
        </ActionIcon>
      </Group>
      {lastSession !== null && (
        <Group gap="xs">
          <StatusBadge status={sessionStatus(lastSession.state, lastSession.endStatus)} />
          <Anchor
            size="sm"
            renderRoot={(props: object) => (
              <Link to="/sessions/$id" params={{ id: String(lastSession.id) }} {...props} />
            )}
          >
            {t('netMap.session', { id: lastSession.id })}
          </Anchor>
          <Text size="sm" c="dimmed">
            <Instant at={lastSession.createdAt} />
          </Text>
        </Group>
      )}
      <Stack gap="xs" component="ul" m={0} pl="md">
        {relationsOfNet(map, name).map((relation) => (
          <Text size="sm" component="li" key={`${relation.net} ${relation.kind} ${relation.other}`}>
            {t(`netMap.${relation.passive ? 'passive' : 'active'}.${relation.kind}`, {
              net: relation.passive ? relation.net : relation.other,
            })}
            {relation.units.length > 0 && (
              <Text size="xs" c="dimmed" className="nz-break">
                {unitsText(t, relation)}
              </Text>
            )}
          </Text>
        ))}
      </Stack>
      {exists && (
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconFocusCentered size={15} aria-hidden="true" />}
            onClick={() => onCentre(name)}
          >
            {t('netMap.centre')}
          </Button>
        </Group>
      )}
    </section>
  );
};
