// A tar archive (POSIX ustar) of small files in memory. Pure.
// Responsible for the format alone; ten lines of it are cheaper than a library. Called by the support bundle.

export type TarEntry = { readonly name: string; readonly content: Buffer };

const BLOCK = 512;
const NAME_MAX = 100;
const MODE = 0o600;

/** `atMs`: time of every entry. Names are at most 100 bytes of ASCII. */
export const packTar = (entries: readonly TarEntry[], atMs: number): Buffer =>
  Buffer.concat([...entries.flatMap((entry) => packEntry(entry, atMs)), Buffer.alloc(2 * BLOCK)]);

const packEntry = ({ name, content }: TarEntry, atMs: number): Buffer[] => {
  if (Buffer.byteLength(name) > NAME_MAX) throw new Error(`The name ${name} is too long for the archive`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write(`${octal(MODE, 7)}\0`, 100);
  header.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108);
  header.write(`${octal(content.length, 11)}\0`, 124);
  header.write(`${octal(Math.floor(atMs / 1000), 11)}\0`, 136);
  // The sum is made with blanks in its own place.
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  const padding = (BLOCK - (content.length % BLOCK)) % BLOCK;
  return [header, content, Buffer.alloc(padding)];
};

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
