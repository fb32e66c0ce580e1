import { z } from 'zod';
import { MlflowFile } from './mlflow-shapes.ts';
import { base, common, Empty, ofRun, optional, read, Whole, write } from './mlflow-wire.ts';
import { route } from './route.ts';

const artifactBase = '/api/2.0/mlflow-artifacts';
const fileErrors = ['artifact.bad_path', 'run.not_found'] as const;
const ofPath = z.object({ '*': z.string().min(1).max(1000) });
const Credential = z.object({
  url: z.string(),
  part_number: z.number().int(),
  headers: z.record(z.string(), z.string()),
});
/** Files of runs and models, as MLflow's clients store and read them. */
export const mlflowArtifactRoutes = {
  listRunArtifacts: route({
    ...common,
    method: 'GET',
    path: `${base}/artifacts/list`,
    summary: 'Files and folders of a run, of one folder',
    access: read,
    query: ofRun.extend({ path: optional(z.string().max(1000)), page_token: optional(z.string().max(200)) }),
    response: z.object({ root_uri: z.string(), files: z.array(MlflowFile) }),
    errors: fileErrors,
  }),
  listArtifacts: route({
    ...common,
    method: 'GET',
    path: `${artifactBase}/artifacts`,
    summary: 'Files and folders below a path',
    access: read,
    query: z.object({ path: z.string().min(1).max(1000) }),
    response: z.object({ files: z.array(MlflowFile) }),
    errors: fileErrors,
  }),
  getArtifact: route({
    ...common,
    method: 'GET',
    path: `${artifactBase}/artifacts/*`,
    summary: 'A file; Range supported',
    access: read,
    params: ofPath,
    response: 'bytes',
    errors: [...fileErrors, 'artifact.not_found', 'range.not_satisfiable'],
  }),
  putArtifact: route({
    ...common,
    method: 'PUT',
    path: `${artifactBase}/artifacts/*`,
    summary: 'Store a file; one that is there already is replaced',
    access: write,
    params: ofPath,
    body: 'bytes',
    response: Empty,
    errors: [...fileErrors, 'run.deleted'],
  }),
  deleteArtifact: route({
    ...common,
    method: 'DELETE',
    path: `${artifactBase}/artifacts/*`,
    summary: 'Delete a file, or all below a folder',
    access: write,
    params: ofPath,
    response: Empty,
    errors: fileErrors,
  }),
  createUpload: route({
    ...common,
    method: 'POST',
    path: `${artifactBase}/mpu/create/*`,
    summary: 'Begin an upload in parts; each part is then PUT to its address',
    access: write,
    params: ofPath,
    body: z.object({
      path: z.string().min(1).max(1000),
      num_parts: Whole.pipe(z.number().min(1).max(10_000)),
    }),
    response: z.object({ upload_id: z.string(), credentials: z.array(Credential) }),
    errors: [...fileErrors, 'run.deleted'],
  }),
  putPart: route({
    ...common,
    method: 'PUT',
    path: `${artifactBase}/mpu/part/:upload_id/:part_number`,
    summary: 'One part of an upload',
    access: write,
    params: z.object({
      upload_id: z.string().regex(/^[A-Za-z0-9_-]{20,100}$/),
      part_number: Whole.pipe(z.number().min(1).max(10_000)),
    }),
    body: 'bytes',
    response: Empty,
    errors: ['artifact.no_such_upload'],
  }),
  completeUpload: route({
    ...common,
    method: 'POST',
    path: `${artifactBase}/mpu/complete/*`,
    summary: 'Put the parts of an upload together',
    access: write,
    params: ofPath,
    body: z.object({
      path: z.string().min(1).max(1000),
      upload_id: z.string().max(200),
      parts: z
        .array(z.object({ part_number: Whole, etag: z.string().max(200).default('') }))
        .min(1)
        .max(10_000),
    }),
    response: Empty,
    errors: [...fileErrors, 'run.deleted', 'artifact.no_such_upload', 'artifact.digest_mismatch'],
  }),
  abortUpload: route({
    ...common,
    method: 'POST',
    path: `${artifactBase}/mpu/abort/*`,
    summary: 'Give an upload up',
    access: write,
    params: ofPath,
    body: z.object({ path: z.string().min(1).max(1000), upload_id: z.string().max(200) }),
    response: Empty,
    errors: [...fileErrors, 'artifact.no_such_upload'],
  }),
};
