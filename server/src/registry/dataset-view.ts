import type { Dataset, DatasetVersion } from '@hearth/contract';
import type { DatasetVersionRow, WholeDataset } from './datasets.repository.ts';
import { megabytes } from './megabytes.ts';
import { asLineage } from './model-view.ts';

/** The stored name is one the registry allows; the extension is the uploader's, if it is a plain one. */
export function datasetFileName({ datasetName: name, fileName }: DatasetVersionRow): string {
  const extension = /\.[A-Za-z0-9]{1,12}$/.exec(fileName)?.[0] ?? '';
  return name.endsWith(extension) ? name : `${name}${extension}`;
}

export function asDataset({ dataset, newest }: WholeDataset): Dataset {
  return {
    name: dataset.name,
    ...contentOf(newest),
    version: newest.version,
    versions: dataset.versionCount,
    description: dataset.description,
    tags: dataset.tags,
    updated_at: dataset.updatedAt.toISOString(),
  };
}

export const asDatasetVersion = (row: DatasetVersionRow): DatasetVersion => ({
  name: row.datasetName,
  version: row.version,
  description: row.description,
  tags: row.tags,
  ...contentOf(row),
});

const notMadeOfData = { datasetName: null, datasetVersion: null, datasetSha256: null };

function contentOf(row: DatasetVersionRow) {
  return {
    size_mb: megabytes(row.sizeBytes),
    size_bytes: row.sizeBytes,
    sample_count: row.sampleCount,
    format: row.format,
    dimensions: row.dimensions,
    columns: row.columns,
    details: row.details,
    sha256: row.sha256,
    source: row.source,
    license: row.license,
    lineage: asLineage({ ...row, ...notMadeOfData }),
    created_at: row.createdAt.toISOString(),
    file_path: `datasets/${row.version === 1 ? '' : `${row.version}/`}${datasetFileName(row)}`,
  };
}
