import { mergeCatalogues } from './merge.ts';

export default mergeCatalogues(import.meta.glob('../**/*.en.json', { eager: true, import: 'default' }));
