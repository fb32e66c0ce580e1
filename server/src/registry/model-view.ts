import type { Lineage, Model, ModelVersion } from '@hearth/contract';
import { digestOfCode } from './code-folder.ts';
import { mainArtifact } from './main-artifact.ts';
import { megabytes } from './megabytes.ts';
import type { VersionRow } from './model-versions.repository.ts';
import type { ModelRow } from './models.repository.ts';

/** A model as the API shows it; its size is that of its main file. */
export function asModel(row: ModelRow, newest: VersionRow, deployed: boolean): Model {
  const main = mainArtifact(newest.task, newest.artifacts);
  return {
    name: row.name,
    size_mb: megabytes(main?.sizeBytes ?? sizeOf(newest)),
    created_at: newest.createdAt.toISOString(),
    file_path: `models/${row.name}/${newest.version}/${main?.name ?? ''}`,
    version: newest.version,
    versions: row.versionCount,
    description: row.description,
    tags: row.tags,
    updated_at: row.updatedAt.toISOString(),
    aliases: row.aliases,
    task: newest.task,
    formats: [...new Set(newest.artifacts.map((file) => file.format))],
    deployed,
  };
}

export function asVersion(row: VersionRow): ModelVersion {
  return {
    name: row.modelName,
    version: row.version,
    task: row.task,
    artifacts: row.artifacts.map(({ name, format, sizeBytes, sha256 }) => ({
      ...{ name, format, size_bytes: sizeBytes, sha256 },
    })),
    metadata: row.metadata,
    lineage: asLineage(row),
    description: row.description,
    tags: row.tags,
    aliases: row.aliases,
    digest: digestOfCode(row.artifacts.map(({ name: path, sha256 }) => ({ path, sha256 }))),
    size_bytes: sizeOf(row),
    created_at: row.createdAt.toISOString(),
  };
}

type LineageRow = Pick<
  VersionRow,
  | 'lineageKind'
  | 'sessionId'
  | 'runId'
  | 'datasetName'
  | 'datasetVersion'
  | 'datasetSha256'
  | 'codeDigest'
  | 'source'
  | 'createdBy'
>;

export const asLineage = (row: LineageRow): Lineage => ({
  kind: row.lineageKind,
  session_id: row.sessionId,
  run_id: row.runId,
  dataset_name: row.datasetName,
  dataset_version: row.datasetVersion,
  dataset_sha256: row.datasetSha256,
  code_digest: row.codeDigest,
  source: row.source,
  created_by: row.createdBy,
});

const sizeOf = (row: VersionRow) => row.artifacts.reduce((sum, file) => sum + file.sizeBytes, 0);
