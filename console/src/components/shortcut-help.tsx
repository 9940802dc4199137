// Which keys act on a page, and the switch for them: opened by `?` or by its button.
import { ActionIcon, Kbd, Modal, Stack, Switch, Text } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useShortcutsSwitch } from './use-shortcuts.ts';

type Props = {
  readonly opened: boolean;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  /** Keys, and what they do. */
  readonly keys: readonly (readonly [keys: readonly string[], text: string])[];
};

export const ShortcutHelp = ({ opened, onOpen, onClose, keys }: Props) => {
  const { t } = useTranslation();
  const [on, change] = useShortcutsSwitch();
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        className="nz-wide"
        onClick={onOpen}
        aria-label={t('shortcuts.open')}
        title={`${t('shortcuts.open')} (?)`}
      >
        <IconKeyboard size={18} aria-hidden="true" />
      </ActionIcon>
      <Modal
        opened={opened}
        onClose={onClose}
        title={t('shortcuts.title')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        <Stack gap="md">
          <dl className="nz-shortcuts">
            {keys.map(([names, text]) => (
              <div key={text}>
                <dt>
                  {names.map((name) => (
                    <Kbd key={name}>{name}</Kbd>
                  ))}
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
          <Switch
            checked={on}
            onChange={(event) => change(event.currentTarget.checked)}
            label={t('shortcuts.switch')}
          />
          <Text size="xs" c="dimmed">
            {t('shortcuts.switchText')}
          </Text>
        </Stack>
      </Modal>
    </>
  );
};
