// The flags that every program of ours gets from Node; the shim cli/bin/nezuban passes the same to the first one. Pure.
import path from 'node:path';

export function nodeFlags(repository: string): readonly string[] {
  return [
    '--disable-warning=ExperimentalWarning',
    '--require',
    path.join(repository, 'platform/src/compile-cache.cjs'),
  ];
}
