import type { MlflowModelVersion, MlflowRegisteredModel } from '@hearth/contract';
import type { CatalogueModel, VersionRow } from '../registry/catalogue.service.ts';

/** Where the files of a version are read, whatever they once came from. */
export const uriOfVersion = (name: string, version: number): string =>
  `mlflow-artifacts:/registry/${name}/${version}/artifacts`;

const pairs = (map: Record<string, string>) => Object.entries(map).map(([key, value]) => ({ key, value }));

export function asMlflowVersion(row: VersionRow): MlflowModelVersion {
  const { run_link: runLink } = row.metadata;
  return {
    name: row.modelName,
    version: String(row.version),
    creation_timestamp: row.createdAt.getTime(),
    last_updated_timestamp: row.updatedAt.getTime(),
    user_id: row.createdBy ?? '',
    current_stage: row.stage as MlflowModelVersion['current_stage'],
    description: row.description,
    source: row.lineageKind === 'mlflow' ? (row.source ?? '') : uriOfVersion(row.modelName, row.version),
    run_id: row.runId ?? '',
    run_link: typeof runLink === 'string' ? runLink : '',
    status: 'READY',
    tags: pairs(row.tags),
    aliases: row.aliases,
    ...(row.loggedModelId === null ? {} : { model_id: row.loggedModelId }),
  };
}

export const asRegisteredModel = (row: CatalogueModel): MlflowRegisteredModel => ({
  name: row.name,
  creation_timestamp: row.createdAt.getTime(),
  last_updated_timestamp: row.updatedAt.getTime(),
  description: row.description,
  latest_versions: row.latest.map(asMlflowVersion),
  tags: pairs(row.tags),
  aliases: Object.entries(row.aliases).map(([alias, version]) => ({ alias, version: String(version) })),
});
