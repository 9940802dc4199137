// A template: text with `{{names}}` in it, and the list of names to put in where the cursor stands.
import { Button, Menu, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { templateFamilies, templateNames } from '@nezuban/protocol/notifications/template-names';
import { valueAt } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';

type Props = {
  readonly path: string;
  readonly label: string;
  readonly description: string;
  /** One line, such as a subject. */
  readonly line?: boolean;
};

export const TemplateAt = ({ path, label, description, line = false }: Props) => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const input = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const raw = valueAt(form.draft, path);
  const value = typeof raw === 'string' ? raw : '';
  const insert = (name: string) => {
    const from = input.current?.selectionStart ?? value.length;
    const to = input.current?.selectionEnd ?? from;
    form.set(path, `${value.slice(0, from)}{{${name}}}${value.slice(to)}`);
  };
  const shared = {
    ref: input,
    label,
    description,
    value,
    error: form.faultAt(path),
    spellCheck: false,
    onBlur: () => form.leave(path),
  };
  return (
    <Stack gap={4}>
      {line ? (
        <TextInput {...shared} onChange={(event) => form.set(path, event.currentTarget.value)} />
      ) : (
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={14}
          onChange={(event) => form.set(path, event.currentTarget.value)}
        />
      )}
      <Menu position="bottom-start" returnFocus>
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconBraces size={14} aria-hidden="true" />}
            style={{ alignSelf: 'flex-start' }}
            aria-label={t('notify.template.insertInto', { what: label })}
          >
            {t('notify.template.insert')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflow: 'auto' }}>
          {templateNames.map((name) => (
            <Menu.Item key={name} onClick={() => insert(name)}>
              <code>{name}</code>{' '}
              <Text span size="xs" c="dimmed">
                {t(`notify.template.name.${name}`)}
              </Text>
            </Menu.Item>
          ))}
          {templateFamilies.map((family) => (
            <Menu.Item key={family} onClick={() => insert(`${family}NAME`)}>
              <code>{family}NAME</code>{' '}
              <Text span size="xs" c="dimmed">
                {t(`notify.template.family.${family === 'detail.' ? 'detail' : 'field'}`)}
              </Text>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Stack>
  );
};
