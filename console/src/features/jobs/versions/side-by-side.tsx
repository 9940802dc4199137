// Two texts side by side, line by line; changed lines have a sign. What is far from any change is folded until it is asked for.
import './versions.css';
import { Button, Group } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { nearChanges, sideBySide, type SideRow } from './side-by-side-model.ts';

type Props = {
  readonly before: string;
  readonly after: string;
  /** Revisions, or what else the texts are called. */
  readonly from: number | string;
  readonly to: number | string;
};

export const SideBySide = ({ before, after, from, to }: Props) => {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const nameOf = (text: number | string) =>
    typeof text === 'number' ? t('netVersions.revision', { revision: text }) : text;
  const rows = useMemo(() => {
    const all = sideBySide(before, after);
    return whole ? all : nearChanges(all);
  }, [before, after, whole]);
  const isFolded = rows.some(({ type }) => type === 'hidden');
  return (
    <>
      {(isFolded || whole) && (
        <Group mb={6}>
          <Button size="compact-xs" variant="default" onClick={() => setWhole(!whole)}>
            {t(whole ? 'netVersions.text.fold' : 'netVersions.text.whole')}
          </Button>
        </Group>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it */}
      <div className="nz-diff" tabIndex={0} role="region" aria-label={t('netVersions.views.text')}>
        <table>
          <colgroup>
            <col className="nz-diff-number" />
            <col className="nz-diff-sign" />
            <col />
            <col className="nz-diff-number" />
            <col className="nz-diff-sign" />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" colSpan={3}>
                {nameOf(from)}
              </th>
              <th scope="col" colSpan={3}>
                {nameOf(to)}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <Line key={index} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
};

const Line = ({ row }: { readonly row: SideRow }) => {
  const { t } = useTranslation();
  if (row.type === 'hidden')
    return (
      <tr className="nz-diff-hidden">
        <td colSpan={6}>{t('netVersions.text.hidden', { count: row.count })}</td>
      </tr>
    );
  const { left, right, type } = row;
  return (
    <tr data-type={type}>
      <td className="nz-diff-number">{left?.number}</td>
      <td className="nz-diff-sign">{left !== null && type !== 'same' ? '−' : ''}</td>
      <td className="nz-diff-line" data-side={left !== null && type !== 'same' ? 'removed' : undefined}>
        {left?.line}
      </td>
      <td className="nz-diff-number">{right?.number}</td>
      <td className="nz-diff-sign">{right !== null && type !== 'same' ? '+' : ''}</td>
      <td className="nz-diff-line" data-side={right !== null && type !== 'same' ? 'added' : undefined}>
        {right?.line}
      </td>
    </tr>
  );
};
