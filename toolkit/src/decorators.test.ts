import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Fixture = typeof import('./testing/decorated.fixture.ts');
let folder: string;
let fixture: Fixture;

/** The fixture in plain JavaScript, its decorators compiled away, its imports pointing back here. */
async function compileFixture(): Promise<Fixture> {
  const source = await readFile(new URL('testing/decorated.fixture.ts', import.meta.url), 'utf8');
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    verbatimModuleSyntax: true,
  };
  const { outputText } = ts.transpileModule(source, { compilerOptions: options });
  const here = new URL('./', import.meta.url).href;
  const file = join(folder, 'decorated.mjs');
  await writeFile(file, outputText.replaceAll("from '../", `from '${here}`));
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Fixture;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decorators-'));
  fixture = await compileFixture();
});
afterAll(() => rm(folder, { recursive: true }));

describe('standard decorators', () => {
  it('retry calls the method again, with its this', async () => {
    const decorated = new fixture.Decorated(7);
    expect(await decorated.flaky(6)).toBe(42);
    expect(decorated.calls).toBe(3);
  });

  it('circuitBreaker stops calling', async () => {
    const decorated = new fixture.Decorated(1);
    for (let i = 0; i < 2; i++) await expect(decorated.broken()).rejects.toThrow('broken');
    await expect(decorated.broken()).rejects.toMatchObject({ code: 'circuit.open' });
    expect(decorated.calls).toBe(2);
  });

  it('memoize keeps each instance apart, measureTime counts the calls that were made', () => {
    const [one, two] = [new fixture.Decorated(1), new fixture.Decorated(2)];
    expect([one.square(3), one.square(3), two.square(3), two.square(3)]).toEqual([9, 9, 18, 18]);
    expect([one.calls, two.calls]).toEqual([1, 1]);
    expect(fixture.monitor.getStats('square')?.count).toBe(2);
  });

  it('parallelize runs a method on threads', async () => {
    expect(await new fixture.Decorated(1).squares([1, 2, 3, 4, 5])).toEqual([1, 4, 9, 16, 25]);
  });

  it('requireAuth and requirePermission guard methods', async () => {
    const decorated = new fixture.Decorated(5);
    const [reader, admin] = await Promise.all([
      fixture.security.tokens.generateToken('ann'),
      fixture.security.tokens.generateToken('bob', ['admin']),
    ]);
    expect(await decorated.whoAmI({ token: reader })).toBe('ann');
    await expect(decorated.whoAmI({ token: 'x' })).rejects.toMatchObject({ statusCode: 401 });
    expect(await decorated.admin({ token: admin })).toBe('factor 5');
  });
});
