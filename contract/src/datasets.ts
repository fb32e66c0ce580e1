import { z } from 'zod';
import { route } from './route.ts';
import { Message, ResourceName, Sha256, Timestamp } from './values.ts';

export const DatasetFormat = z.enum([
  'csv',
  'text',
  'json',
  'jsonl',
  'npy',
  'npz',
  'safetensors',
  'parquet',
  'zip',
  'other',
]);
export type DatasetFormat = z.infer<typeof DatasetFormat>;

export const Dataset = z
  .object({
    name: z.string(),
    size_mb: z.number(),
    size_bytes: z.number().int(),
    /** Rows, array length or characters of a text; null where the content does not tell. */
    sample_count: z.number().int().nullable(),
    format: DatasetFormat,
    /** Columns of a table, shape of an array. */
    dimensions: z.array(z.number().int()).nullish(),
    columns: z.array(z.string()).nullish(),
    sha256: Sha256,
    source: z.string().nullable(),
    license: z.string().nullable(),
    created_at: Timestamp,
    file_path: z.string(),
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.infer<typeof Dataset>;

export const BundledDataset = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    source: z.string(),
    license: z.string(),
    format: DatasetFormat,
    size_bytes: z.number().int(),
    added: z.boolean(),
  })
  .meta({ id: 'BundledDataset' });
export type BundledDataset = z.infer<typeof BundledDataset>;

export const DatasetPreview = z
  .object({
    columns: z.array(z.string()).nullable(),
    rows: z.array(z.array(z.string())).nullable(),
    text: z.string().nullable(),
  })
  .meta({ id: 'DatasetPreview' });

const named = z.object({ name: ResourceName });
const tag = 'datasets';
export const datasetRoutes = {
  listDatasets: route({
    method: 'GET',
    path: '/api/v1/datasets',
    summary: 'Data sets',
    tag,
    access: 'registry.read',
    response: z.array(Dataset),
  }),
  getDataset: route({
    method: 'GET',
    path: '/api/v1/datasets/:name',
    summary: 'One data set',
    tag,
    access: 'registry.read',
    params: named,
    response: Dataset,
    errors: ['dataset.not_found'],
  }),
  previewDataset: route({
    method: 'GET',
    path: '/api/v1/datasets/:name/preview',
    summary: 'Its first rows, or the beginning of its text',
    tag,
    access: 'registry.read',
    params: named,
    query: z.object({ rows: z.coerce.number().int().min(1).max(100).default(20) }),
    response: DatasetPreview,
    errors: ['dataset.not_found'],
  }),
  downloadDataset: route({
    method: 'GET',
    path: '/api/v1/datasets/:name/file',
    summary: 'The file as it was uploaded; Range supported',
    tag,
    access: 'registry.read',
    params: named,
    response: 'bytes',
    errors: ['dataset.not_found', 'range.not_satisfiable'],
  }),
  uploadDataset: route({
    method: 'POST',
    path: '/api/v1/datasets',
    summary: 'Upload a data set',
    tag,
    access: 'registry.write',
    query: z.object({ dataset_name: ResourceName }),
    body: 'multipart',
    status: 201,
    response: z.object({ message: z.string(), name: z.string(), size_mb: z.number() }),
    errors: ['dataset.exists', 'dataset.unreadable', 'storage.full', 'request.too_large'],
  }),
  deleteDataset: route({
    method: 'DELETE',
    path: '/api/v1/datasets/:name',
    summary: 'Delete a data set; refused while a run waits for it or reads it',
    tag,
    access: 'registry.write',
    params: named,
    response: Message,
    errors: ['dataset.not_found', 'dataset.in_use'],
  }),
  bundledDatasets: route({
    method: 'GET',
    path: '/api/v1/bundled-datasets',
    summary: 'Data sets that come with the product',
    tag,
    access: 'registry.read',
    response: z.array(BundledDataset),
  }),
  addBundledDataset: route({
    method: 'POST',
    path: '/api/v1/bundled-datasets/:name',
    summary: 'Add one of them to the registry',
    tag,
    access: 'registry.write',
    params: named,
    status: 201,
    response: Dataset,
    errors: ['dataset.not_found', 'dataset.exists'],
  }),
};
