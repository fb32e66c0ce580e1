import { expect, it } from 'vitest';
import { lockFileProblems } from './lock-file.ts';

it('names an optional dependency that has no entry', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-mac': '1' } },
      'node_modules/a-linux': {},
    },
  };
  expect(lockFileProblems(lock)).toEqual(['a-mac, wanted by node_modules/a, has no entry']);
});

it('names an entry from a private registry, and lets public and linked ones pass', () => {
  const lock = {
    packages: {
      'node_modules/a': { resolved: 'https://npm.example/a.tgz' },
      'node_modules/b': { resolved: 'https://registry.npmjs.org/b.tgz' },
      'node_modules/c': { resolved: 'contract' },
    },
  };
  expect(lockFileProblems(lock)).toEqual(['node_modules/a is resolved from npm.example']);
});
