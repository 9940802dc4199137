// A text with places such as {{host}}, and a menu that puts them in where the cursor stands.
import { Button, Group, Menu, Text, Textarea } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrapSource } from './monitor-draft.ts';
import { placesOf, type TemplatePlaces } from './template-places.ts';

type Props = {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly places: TemplatePlaces & { readonly source: TrapSource };
  readonly isBad: boolean;
  readonly lines?: number;
};

export const TemplateInput = ({ label, description, value, onChange, places, isBad, lines = 1 }: Props) => {
  const { t } = useTranslation();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (place: string) => {
    const element = area.current;
    const at = element?.selectionStart ?? value.length;
    const end = element?.selectionEnd ?? at;
    const text = `{{${place}}}`;
    onChange(`${value.slice(0, at)}${text}${value.slice(end)}`);
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(at + text.length, at + text.length);
    });
  };
  const { named, groups, fields } = placesOf(places);
  return (
    <div>
      <Group justify="space-between" align="flex-end" gap="xs" wrap="nowrap">
        <label htmlFor={id} className="nz-label">
          {label}
        </label>
        <Menu position="bottom-end" width={320}>
          <Menu.Target>
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconBraces size={14} aria-hidden="true" />}
              aria-label={t('traps.template.insertInto', { label })}
            >
              {t('traps.template.insert')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
            {named.map((place) => (
              <Menu.Item key={place} onClick={() => insert(place)} rightSection={<PlaceName name={place} />}>
                {t(`traps.template.place.${place}`)}
              </Menu.Item>
            ))}
            {groups > 0 && <Menu.Label>{t('traps.template.groups')}</Menu.Label>}
            {Array.from({ length: groups }, (_, index) => String(index + 1)).map((place) => (
              <Menu.Item key={place} onClick={() => insert(place)} rightSection={<PlaceName name={place} />}>
                {t('traps.template.group', { number: place })}
              </Menu.Item>
            ))}
            {fields.length > 0 && <Menu.Label>{t('traps.template.fields')}</Menu.Label>}
            {fields.map((name) => (
              <Menu.Item key={name} onClick={() => insert(`field.${name}`)}>
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Textarea
        id={id}
        ref={area}
        description={description}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={isBad}
        autosize
        minRows={lines}
        maxRows={6}
        maxLength={2_000}
        spellCheck={false}
      />
    </div>
  );
};

const PlaceName = ({ name }: { readonly name: string }) => (
  <Text span size="xs" c="dimmed" className="nz-mono">{`{{${name}}}`}</Text>
);
