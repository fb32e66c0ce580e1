export interface Catalogue {
  [key: string]: string | Catalogue;
}

/** `features/nodes/nodes.ru.json` becomes the namespace `nodes`. */
export function mergeCatalogues(files: Record<string, unknown>): Catalogue {
  const entries = Object.entries(files).map(([path, messages]) => {
    const name = path.slice(path.lastIndexOf('/') + 1).split('.')[0] ?? path;
    return [name, messages as Catalogue] as const;
  });
  return Object.fromEntries(entries);
}
