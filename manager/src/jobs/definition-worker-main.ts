// A thread that reads large definition files and ends. Started by `definition-parser.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { parseDefinitionFile } from '@nezuban/core/definitions/parse-definition-file';
import type { SourceFile } from './definition-parser.ts';

const files = workerData as readonly SourceFile[];
parentPort?.postMessage(files.map(({ name, text }) => parseDefinitionFile(text, { file: name })));
