import { mergeCatalogues } from './merge.ts';

export default mergeCatalogues(import.meta.glob('../**/*.zh.json', { eager: true, import: 'default' }));
