// A thread that reads one large definition file and ends. Started by `definition-parser.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { parseDefinitionFile } from '@nezuban/core/definitions/parse-definition-file';

const { source, file } = workerData as { readonly source: string; readonly file: string };
parentPort?.postMessage(parseDefinitionFile(source, { file }));
