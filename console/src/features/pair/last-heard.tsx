// How long ago a host was heard. Below a second it is simply there.
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../components/use-format.ts';

/** Hosts of a pair speak several times a second; less than this is no silence. */
const silenceMs = 2_000;

export const LastHeard = ({ ms }: { readonly ms: number | null }) => {
  const { t } = useTranslation();
  const format = useFormat();
  if (ms === null) return t('pair.facts.notHeard');
  return ms < silenceMs ? t('pair.facts.justNow') : t('pair.facts.ago', { duration: format.duration(ms) });
};
