import { z } from 'zod';
import {
  Flag,
  Lineage,
  NamedListQuery,
  NamedPatch,
  named,
  namedFields,
  Tags,
  Use,
  VersionNumber,
  VersionPatch,
  versioned,
} from './lineage.ts';
import { route } from './route.ts';
import { Message, ResourceName, RunId, Sha256, Timestamp } from './values.ts';

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

const Size = z.number().int().nonnegative();

/** What the content tells beyond rows and columns; each only where the format has it. */
export const DatasetDetails = z
  .object({
    /** Arrays of npy, npz and safetensors; at most 1000 are named. */
    arrays: z.array(z.object({ name: z.string(), dtype: z.string(), shape: z.array(z.number().int()) })),
    /** Types of the columns of a Parquet file, in the order of `columns`. */
    types: z.array(z.string()),
    /** Images by the folder that holds them; at most 1000 are named. */
    classes: z.array(z.object({ name: z.string(), count: Size })),
    /** The first image of a zip. */
    image: z.object({ format: z.string(), width: Size, height: Size }),
    /** Files of an archive, and their bytes unpacked as its directory states them. */
    files: Size,
    unpacked_bytes: Size,
  })
  .partial()
  .meta({ id: 'DatasetDetails' });
export type DatasetDetails = z.infer<typeof DatasetDetails>;

const contentFields = {
  size_mb: z.number(),
  size_bytes: z.number().int(),
  /** Rows, array length, images or characters of a text; null where the content does not tell. */
  sample_count: z.number().int().nullable(),
  format: DatasetFormat,
  /** Rows and columns of a table, shape of an array; of images count, height, width. */
  dimensions: z.array(z.number().int()).nullish(),
  columns: z.array(z.string()).nullish(),
  details: DatasetDetails.nullable(),
  sha256: Sha256,
  source: z.string().nullable(),
  license: z.string().nullable(),
  lineage: Lineage,
  created_at: Timestamp,
  file_path: z.string(),
};

/** A data set with the facts of its newest version. */
export const Dataset = z
  .object({ name: z.string(), ...contentFields, ...namedFields })
  .meta({ id: 'Dataset' });
export type Dataset = z.infer<typeof Dataset>;

export const DatasetVersion = z
  .object({
    name: z.string(),
    version: z.number().int(),
    description: z.string(),
    tags: Tags,
    ...contentFields,
  })
  .meta({ id: 'DatasetVersion' });
export type DatasetVersion = z.infer<typeof DatasetVersion>;

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
    /** A few images of a zip, from different folders, as `data:` addresses. */
    images: z.array(z.object({ name: z.string(), label: z.string().nullable(), url: z.string() })).nullable(),
    arrays: DatasetDetails.shape.arrays.unwrap().nullable(),
    /** Why there is nothing to show, where that needs saying. */
    note: z.string().nullable(),
  })
  .meta({ id: 'DatasetPreview' });
export type DatasetPreview = z.infer<typeof DatasetPreview>;

const chosenVersion = { version: VersionNumber.optional() };
const tag = 'datasets';
export const datasetRoutes = {
  listDatasets: route({
    method: 'GET',
    path: '/api/v1/datasets',
    summary: 'Data sets, newest first; the header x-next-cursor leads to further ones',
    tag,
    access: 'registry.read',
    query: NamedListQuery,
    response: z.array(Dataset),
  }),
  getDataset: route({
    method: 'GET',
    path: '/api/v1/datasets/:name',
    summary: 'One data set',
    tag,
    access: 'registry.read',
    jobs: true,
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
    query: z.object({ ...chosenVersion, rows: z.coerce.number().int().min(1).max(100).default(20) }),
    response: DatasetPreview,
    errors: ['dataset.not_found'],
  }),
  downloadDataset: route({
    method: 'GET',
    path: '/api/v1/datasets/:name/file',
    summary: 'The file as it was uploaded; Range supported',
    tag,
    access: 'registry.read',
    jobs: true,
    params: named,
    query: z.object(chosenVersion),
    response: 'bytes',
    errors: ['dataset.not_found', 'range.not_satisfiable'],
  }),
  uploadDataset: route({
    method: 'POST',
    path: '/api/v1/datasets',
    summary: 'Upload a data set',
    tag,
    access: 'registry.write',
    jobs: true,
    query: z.object({ dataset_name: ResourceName, new_version: Flag, run_id: RunId.optional() }),
    body: 'multipart',
    status: 201,
    response: z.object({
      message: z.string(),
      name: z.string(),
      size_mb: z.number(),
      version: z.number().int(),
    }),
    errors: ['dataset.exists', 'dataset.unreadable', 'storage.full', 'request.too_large'],
  }),
  datasetVersions: route({
    method: 'GET',
    path: '/api/v1/datasets/:name/versions',
    summary: 'Versions of a data set with facts and lineage, newest first',
    tag,
    access: 'registry.read',
    params: named,
    response: z.array(DatasetVersion),
    errors: ['dataset.not_found'],
  }),
  datasetUsers: route({
    method: 'GET',
    path: '/api/v1/datasets/:name/users',
    summary: 'Who needs a data set now',
    tag,
    access: 'registry.read',
    params: named,
    response: z.array(Use),
    errors: ['dataset.not_found'],
  }),
  changeDataset: route({
    method: 'PATCH',
    path: '/api/v1/datasets/:name',
    summary: 'Rename or describe a data set; renaming is refused while it is in use',
    tag,
    access: 'registry.write',
    params: named,
    body: NamedPatch,
    response: Dataset,
    errors: ['dataset.not_found', 'dataset.exists', 'dataset.in_use'],
  }),
  changeDatasetVersion: route({
    method: 'PATCH',
    path: '/api/v1/datasets/:name/versions/:version',
    summary: 'Describe a version',
    tag,
    access: 'registry.write',
    params: versioned,
    body: VersionPatch,
    response: DatasetVersion,
    errors: ['dataset.not_found'],
  }),
  deleteDatasetVersion: route({
    method: 'DELETE',
    path: '/api/v1/datasets/:name/versions/:version',
    summary: 'Delete one version; refused while in use. The last one takes the data set along',
    tag,
    access: 'registry.write',
    params: versioned,
    response: Message,
    errors: ['dataset.not_found', 'dataset.in_use'],
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
