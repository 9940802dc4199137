// Questions before what cannot be taken back: `const confirm = useConfirm(); if (await confirm({...})) ...`.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export type Question = {
  readonly title: string;
  readonly text: ReactNode;
  readonly confirmLabel: string;
  readonly danger?: boolean;
};
type Confirm = (question: Question) => Promise<boolean>;

const ConfirmContext = createContext<Confirm | null>(null);

export const useConfirm = (): Confirm => {
  const confirm = use(ConfirmContext);
  if (confirm === null) throw new Error('useConfirm outside ConfirmProvider');
  return confirm;
};

export const ConfirmProvider = ({ children }: { readonly children: ReactNode }) => {
  const { t } = useTranslation();
  const [question, setQuestion] = useState<Question | null>(null);
  const [opened, setOpened] = useState(false);
  const answer = useRef<(yes: boolean) => void>(() => {});
  const confirm = useCallback<Confirm>((next) => {
    answer.current(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    answer.current = resolve;
    setQuestion(next);
    setOpened(true);
    return promise;
  }, []);
  const close = useMemo(
    () => (yes: boolean) => {
      answer.current(yes);
      setOpened(false);
    },
    [],
  );
  return (
    <ConfirmContext value={confirm}>
      {children}
      <Modal
        opened={opened}
        onClose={() => close(false)}
        title={question?.title}
        centered
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        <Stack>
          <Text component="div" size="sm">
            {question?.text}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => close(false)} data-autofocus>
              {t('actions.cancel')}
            </Button>
            <Button {...(question?.danger === true ? { color: 'red' } : {})} onClick={() => close(true)}>
              {question?.confirmLabel}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </ConfirmContext>
  );
};
