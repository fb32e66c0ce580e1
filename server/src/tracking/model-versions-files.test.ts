import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flavorsOf, listFolder } from './model-versions-files.ts';

it('reads the flavors of an MLmodel file, and of nothing else', () => {
  const text = [
    'artifact_path: model',
    'flavors:',
    '  python_function:',
    '    env:',
    '      conda: conda.yaml',
    '    loader_module: mlflow.sklearn',
    '  sklearn:',
    '    code: null',
    'mlflow_version: 3.17.2',
    'signature:',
    '  inputs: x',
  ].join('\n');
  expect(flavorsOf(text)).toEqual(['python_function', 'sklearn']);
  expect(flavorsOf(text.replaceAll('\n', '\r\n'))).toEqual(['python_function', 'sklearn']);
  for (const other of ['', 'flavors: {}', 'nothing: here\n', 'a: |\n  flavors:\n    x:\n'])
    expect(flavorsOf(other)).toEqual([]);
});

it('lists every file exactly once on the way through its folders', () => {
  const part = fc.constantFrom('a', 'b', 'data', 'x.bin');
  const paths = fc.uniqueArray(
    fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
  );
  // A name is a file or a folder, not both.
  const files = paths
    .map((all) => all.filter((path) => !all.some((other) => other.startsWith(`${path}/`))))
    .map((all) => all.map((name, index) => ({ name, sizeBytes: index })));
  fc.assert(
    fc.property(files, (all) => {
      const walk = (folder: string): { name: string; sizeBytes: number | null }[] =>
        listFolder(all, folder).flatMap(({ path, isDir, sizeBytes }) =>
          isDir ? walk(path) : [{ name: path, sizeBytes }],
        );
      const byName = (rows: { name: string }[]) => rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      expect(byName(walk(''))).toEqual(byName(all));
      for (const { name, sizeBytes } of all)
        expect(listFolder(all, name)).toEqual([{ path: name, isDir: false, sizeBytes }]);
    }),
  );
});
