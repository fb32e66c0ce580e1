import { basename } from 'node:path';
import { ResourceName } from '@hearth/contract';
import { pullSuggestions } from './suggestions.ts';

/** Why a source cannot be fetched from, or undefined. Its outer form the contract has checked already. */
export function badSourceBecause(source: string): string | undefined {
  if (source.startsWith('file:')) {
    const path = source.slice('file:'.length).replace(/^\/\//, '');
    const isPlain = path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\0');
    return isPlain ? undefined : 'A file is named by its absolute path on the machine, without "..".';
  }
  if (source.startsWith('hf:')) {
    const isPlain = source
      .slice(3)
      .split('/')
      .every((part) => part !== '' && part !== '..' && part !== '.');
    return isPlain ? undefined : 'A file of the hub is named hf:owner/repo/path.';
  }
  if (!source.startsWith('http')) return undefined;
  if (!URL.canParse(source)) return 'This is no address.';
  const { username, password } = new URL(source);
  return username || password ? 'An address must not carry a password.' : undefined;
}

/** The name a model gets when nobody chose one: its file's, without what a name may not hold. */
export function modelNameOf(source: string): string | undefined {
  const suggested = pullSuggestions.find((suggestion) => suggestion.source === source);
  const file = source.startsWith('pypi:') ? source.slice(5) : fileOf(source);
  const name = (suggested?.modelName ?? file)
    .replace(/\.(gguf|onnx|safetensors|bin)$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
  return ResourceName.safeParse(name).success ? name : undefined;
}

function fileOf(source: string): string {
  const path = source.startsWith('http') ? new URL(source).pathname : source.slice(source.indexOf(':') + 1);
  try {
    return basename(decodeURIComponent(path));
  } catch {
    return basename(path);
  }
}
