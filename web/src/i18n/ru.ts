import { mergeCatalogues } from './merge.ts';

export default mergeCatalogues(import.meta.glob('../**/*.ru.json', { eager: true, import: 'default' }));
