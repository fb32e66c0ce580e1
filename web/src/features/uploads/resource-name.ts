import { ResourceName } from '@hearth/contract';

const cyrillic = 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя';
const latin = 'a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya'
  .split(' ')
  .map((l) => l.replace('_', ''));

/** A valid resource name made of a file's name: no extension, Russian letters in Latin script; `fallback` if nothing is left. */
export function nameFromFile(fileName: string, fallback: string): string {
  const stem = fileName.replace(/(\.[A-Za-z0-9]{1,11}){1,2}$/, '') || fileName;
  const spelled = [...stem.toLowerCase()].map((c) => latin[cyrillic.indexOf(c)] ?? c).join('');
  const plain = spelled.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  const name = plain
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 100);
  return ResourceName.safeParse(name).success ? name : fallback;
}
