// Output as text: guessed and declared encodings, with bytes written by other programs, cut anywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeOutput, openOutputDecoder } from './decode.ts';
import { guessEncoding } from './guess-encoding.ts';

/** Made with the codecs cp932, euc_jp and iso2022_jp of another language's library. */
const samples = [
  {
    text: '日本語',
    shift_jis: '93fa967b8cea',
    'euc-jp': 'c6fccbdcb8ec',
    'iso-2022-jp': '1b2442467c4b5c386c1b2842',
  },
  {
    text: '処理が正常に終了しました。',
    shift_jis: '8f88979d82aa90b38fed82c98f4997b982b582dc82b582bd8142',
    'euc-jp': 'bde8cdfda4acc0b5beefa4cbbdaacebba4b7a4dea4b7a4bfa1a3',
    'iso-2022-jp': '1b24423d684d7d242c40353e6f244b3d2a4e3b2437245e2437243f21231b2842',
  },
  {
    text: 'エラー: ファイルが見つかりません /data/a.csv',
    shift_jis: '83478389815b3a20837483408343838b82aa8ca982c282a982e882dc82b982f1202f646174612f612e637376',
    'euc-jp': 'a5a8a5e9a1bc3a20a5d5a5a1a5a4a5eba4acb8aba4c4a4aba4eaa4dea4bba4f3202f646174612f612e637376',
    'iso-2022-jp':
      '1b244225282569213c1b28423a201b2442255525212524256b242c382b2444242b246a245e243b24731b2842202f646174612f612e637376',
  },
  {
    text: 'バックアップ開始',
    shift_jis: '836f8362834e8341836283768a4a8e6e',
    'euc-jp': 'a5d0a5c3a5afa5a2a5c3a5d7b3abbbcf',
    'iso-2022-jp': '1b244225502543252f252225432557332b3b4f1b2842',
  },
  {
    text: '2026年1月1日 売上集計 １２３件',
    shift_jis: '32303236944e318c8e3193fa2094848fe38f578c76208250825182528c8f',
    'euc-jp': '32303236c7af31b7ee31c6fc20c7e4bee5bdb8b7d720a3b1a3b2a3b3b7ef',
    'iso-2022-jp':
      '323032361b2442472f1b2842311b2442376e1b2842311b2442467c1b2842201b244247643e653d3837571b2842201b2442233123322333376f1b2842',
  },
  { text: '障害', shift_jis: '8fe18a51', 'euc-jp': 'bee3b3b2', 'iso-2022-jp': '1b24423e6333321b2842' },
  {
    text: 'ディレクトリ',
    shift_jis: '83668342838c834e8367838a',
    'euc-jp': 'a5c7a5a3a5eca5afa5c8a5ea',
    'iso-2022-jp': '1b244225472523256c252f2548256a1b2842',
  },
  {
    text: '東京都千代田区丸の内',
    shift_jis: '938c8b9e937390e791e393638be68adb82cc93e0',
    'euc-jp': 'c5ecb5fec5d4c0e9c2e5c5c4b6e8b4dda4cec6e2',
    'iso-2022-jp': '1b2442456c357e45544069426545443668345d244e46621b2842',
  },
  {
    text: '株式会社',
    shift_jis: '8a948eae89ef8ed0',
    'euc-jp': 'b3f4bcb0b2f1bcd2',
    'iso-2022-jp': '1b244233743c3032713c521b2842',
  },
  {
    text: '受注データを取り込みました（全1,234件）',
    shift_jis: '8ef3928d8366815b835e82f08ee682e88d9e82dd82dc82b582bd81699153312c3233348c8f816a',
    'euc-jp': 'bcf5c3eda5c7a1bca5bfa4f2bce8a4eab9fea4dfa4dea4b7a4bfa1cac1b4312c323334b7efa1cb',
    'iso-2022-jp':
      '1b24423c75436d2547213c253f24723c68246a397e245f245e2437243f214a41341b2842312c3233341b2442376f214b1b2842',
  },
  {
    text: '警告：ディスク使用率が90%を超えています',
    shift_jis: '8c788d908146836683428358834e8e67977097a682aa39302582f092b482a682c482a282dc82b7',
    'euc-jp': 'b7d9b9f0a1a7a5c7a5a3a5b9a5afbbc8cdd1cea8a4ac393025a4f2c4b6a4a8a4c6a4a4a4dea4b9',
    'iso-2022-jp':
      '1b2442375939702127254725232539252f3b484d514e28242c1b28423930251b244224724436242824462424245e24391b2842',
  },
  { text: 'です', shift_jis: '82c582b7', 'euc-jp': 'a4c7a4b9', 'iso-2022-jp': '1b2442244724391b2842' },
  { text: '終了', shift_jis: '8f4997b9', 'euc-jp': 'bdaacebb', 'iso-2022-jp': '1b24423d2a4e3b1b2842' },
  { text: 'あ', shift_jis: '82a0', 'euc-jp': 'a4a2', 'iso-2022-jp': '1b244224221b2842' },
];
const encodings = ['shift_jis', 'euc-jp', 'iso-2022-jp'] as const;

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from(
    Array.from(text).flatMap((char) => [char.charCodeAt(0) & 0xff, char.charCodeAt(0) >> 8]),
  );
}

test('output: undeclared: Shift_JIS, EUC-JP, ISO-2022-JP and UTF-8 are told apart, even in one word', () => {
  for (const sample of samples) {
    for (const encoding of encodings) {
      assert.deepEqual(decodeOutput(bytesOf(sample[encoding]), 'auto'), {
        text: sample.text,
        encoding,
        damaged: false,
      });
    }
    assert.deepEqual(decodeOutput(new TextEncoder().encode(sample.text), 'auto'), {
      text: sample.text,
      encoding: 'utf-8',
      damaged: false,
    });
  }
});

test('output: undeclared UTF-16LE: told by its mark, or by its zeros', () => {
  assert.deepEqual(decodeOutput(new Uint8Array([0xff, 0xfe, ...utf16('終了')]), 'auto'), {
    text: '終了',
    encoding: 'utf-16le',
    damaged: false,
  });
  assert.deepEqual(decodeOutput(utf16('Windows says OK\r\n'), 'auto'), {
    text: 'Windows says OK\r\n',
    encoding: 'utf-16le',
    damaged: false,
  });
});

test('output: UTF-8 with a mark: the mark is no character of the text', () => {
  assert.equal(decodeOutput(new Uint8Array([0xef, 0xbb, 0xbf, 0x41]), 'auto').text, 'A');
});

test('output: plain ASCII with terminal colours and controls: as it is', () => {
  const text = '\u001b[31mred\u001b[0m\u0007\b\t\r\n';
  assert.deepEqual(decodeOutput(new TextEncoder().encode(text), 'auto'), {
    text,
    encoding: 'utf-8',
    damaged: false,
  });
});

test('output: bytes that are no text: shown with replacements, and said so', () => {
  const result = decodeOutput(Uint8Array.from([0x41, 0xff, 0xfe, 0xfd, 0x80, 0x42]), 'auto');
  assert.deepEqual(
    [result.encoding, result.damaged, result.text.at(0), result.text.at(-1)],
    ['utf-8', true, 'A', 'B'],
  );
});

test('output: declared: never guessed', () => {
  const sample = samples[0];
  assert.ok(sample !== undefined);
  assert.equal(decodeOutput(bytesOf(sample['euc-jp']), 'euc-jp').text, sample.text);
  assert.deepEqual(decodeOutput(Uint8Array.from([0xe9]), 'latin1'), {
    text: 'é',
    encoding: 'latin1',
    damaged: false,
  });
  assert.equal(decodeOutput(bytesOf(sample.shift_jis), 'utf-8').damaged, true);
});

test('output: a part that ends inside a character: the character waits', () => {
  const bytes = new TextEncoder().encode('完了');
  assert.deepEqual(decodeOutput(bytes.subarray(0, 5), 'utf-8', { complete: false }), {
    text: '完',
    encoding: 'utf-8',
    damaged: false,
  });
  assert.equal(decodeOutput(bytes.subarray(0, 5), 'utf-8').damaged, true);
});

test('output: followed in chunks cut anywhere: the same text as the whole', () => {
  const choices = samples.flatMap((sample) => [
    ...encodings.map((encoding) => ({ text: sample.text, bytes: bytesOf(sample[encoding]), encoding })),
    { text: sample.text, bytes: new TextEncoder().encode(sample.text), encoding: 'utf-8' as const },
  ]);
  fc.assert(
    fc.property(
      fc.constantFrom(...choices),
      fc.array(fc.nat({ max: 200 }), { maxLength: 6 }),
      fc.record({ isDeclared: fc.boolean(), withLine: fc.boolean() }),
      ({ text, bytes, encoding }, cuts, { isDeclared, withLine }) => {
        const prefix = new TextEncoder().encode('step 1\n');
        const whole = Uint8Array.from([...prefix, ...bytes, ...(withLine ? [10] : [])]);
        const decoder = openOutputDecoder(isDeclared ? encoding : 'auto');
        const places = [0, ...cuts.map((cut) => cut % whole.length).toSorted((a, b) => a - b), whole.length];
        const parts = places.slice(1).map((to, index) => decoder.next(whole.subarray(places[index], to)));
        assert.equal([...parts, decoder.end()].join(''), `step 1\n${text}${withLine ? '\n' : ''}`);
        assert.equal(decoder.encoding(), encoding);
      },
    ),
    { numRuns: 500 },
  );
});

test('output: followed: ASCII is shown at once, a line as soon as it is complete', () => {
  const decoder = openOutputDecoder('auto');
  assert.equal(decoder.next(new TextEncoder().encode('50 % ')), '50 % ');
  assert.equal(decoder.encoding(), null);
  assert.equal(decoder.next(bytesOf('8f49')), '');
  assert.equal(decoder.next(bytesOf('97b90a')), '終了\n');
  assert.equal(decoder.next(bytesOf('8f')), '');
  assert.equal(decoder.end(), '\u{FFFD}');
});

test('output: any bytes: always some guess, and never an exception', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      (bytes) => decodeOutput(bytes, guessEncoding(bytes)).text.length <= bytes.length + 1,
    ),
  );
});
