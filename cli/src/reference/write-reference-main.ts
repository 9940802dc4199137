// Writes the generated pages of the manual. Run it after a change of commands or error codes: node cli/src/reference/write-reference-main.ts
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { docsFolder, renderPages } from './pages.ts';

for (const [file, text] of renderPages()) await writeFile(path.join(docsFolder, file), text);
