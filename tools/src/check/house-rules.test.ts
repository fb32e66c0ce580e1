import { expect, it } from 'vitest';
import { breaches } from './house-rules.ts';

const env = 'process' + '.env.HOME';
const mock = 'vi' + ".mock('./x.ts')";

it('finds the environment read outside config', () => {
  expect(breaches('server/src/app.ts', `const a = 1;\nconst home = ${env};`)).toEqual([
    { path: 'server/src/app.ts', line: 2, rule: 'process.env only in config' },
  ]);
  expect(breaches('server/src/platform/config.ts', env)).toEqual([]);
  expect(breaches('server/src/app.test.ts', env)).toEqual([]);
});

it('finds mocks, escapes and foreign origins', () => {
  expect(breaches('web/src/a.test.ts', mock).map((b) => b.rule)).toEqual(['no mocks of modules']);
  expect(breaches('agent/src/a.ts', 'x as unknown as Y').map((b) => b.rule)).toEqual([
    'no escape from the type checker',
  ]);
  expect(breaches('web/index.html', '<script src="https://cdn.example/x.js">')).toHaveLength(1);
  expect(breaches('web/src/a.ts', '// see https://example.org/paper')).toEqual([]);
});
