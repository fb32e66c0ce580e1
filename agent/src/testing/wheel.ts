import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeZip } from './zip.ts';

interface Wheel {
  name: string;
  /** Source of its one module, named as the package. */
  code: string;
  version?: string;
  requires?: string[];
}

/** Puts a package into a folder that pip takes as an index (PIP_FIND_LINKS), and says how large its file is. */
export async function addWheel(
  folder: string,
  { name, code, version = '1.0', requires = [] }: Wheel,
): Promise<number> {
  const needs = requires.map((it) => `Requires-Dist: ${it}\n`).join('');
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${needs}`;
  const wheel = 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n';
  const info = `${name}-${version}.dist-info`;
  const zip = makeZip([
    { name: `${name}.py`, bytes: Buffer.from(code) },
    { name: `${info}/METADATA`, bytes: Buffer.from(metadata) },
    { name: `${info}/WHEEL`, bytes: Buffer.from(wheel) },
    { name: `${info}/RECORD`, bytes: Buffer.from(`${name}.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n`) },
  ]);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}-${version}-py3-none-any.whl`), zip);
  return zip.length;
}
