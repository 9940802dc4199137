// The programs that a keeper starts as its children.
// Responsible for their types alone: main.ts names the real ones, the tests' stand-in others. Used from main.ts down to the keeper.
import type { Program } from './child-process.ts';

export type Programs = { readonly manager: Program; readonly agent: Program; readonly intake: Program };
