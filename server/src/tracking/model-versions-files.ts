import type { Listed } from './artifacts.repository.ts';

/** The keys below `flavors:` of an MLmodel file, which is YAML written by a program: two spaces deep, one a line. */
export function flavorsOf(text: string): string[] {
  const block = /^flavors:\n((?:[ \t].*\n?)*)/m.exec(text.replaceAll('\r', ''))?.[1] ?? '';
  return [...block.matchAll(/^ {2}([A-Za-z_][\w.-]{0,99}):/gm)].map(([, name]) => name!);
}

/** Files and folders directly in a folder; of a file, the file alone. */
export function listFolder(files: readonly { name: string; sizeBytes: number }[], folder: string): Listed[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const found = new Map<string, Listed>();
  for (const { name, sizeBytes } of files) {
    if (name === folder) return [{ path: name, isDir: false, sizeBytes }];
    if (!name.startsWith(prefix)) continue;
    const [first = '', ...rest] = name.slice(prefix.length).split('/');
    const isDir = rest.length > 0;
    found.set(first, { path: prefix + first, isDir, sizeBytes: isDir ? null : sizeBytes });
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
