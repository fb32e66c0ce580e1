import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Caller } from '../platform/access.ts';
import { AppError } from '../platform/errors.ts';
import type { BlobsService, StoredFile } from '../registry/blobs.service.ts';
import type { CatalogueService, NewArtifact, VersionRow } from '../registry/catalogue.service.ts';
import { type ArtifactPlace, placeOfUri, requirePath } from './artifact-path.ts';
import type { Listed } from './artifacts.repository.ts';
import type { ArtifactsService } from './artifacts.service.ts';
import type { LoggedModelsService } from './logged-models.service.ts';
import { flavorsOf, listFolder } from './model-versions-files.ts';
import { requireOwn } from './run-access.ts';
import type { TrackingService } from './tracking.service.ts';

export interface NewModelVersion {
  name: string;
  source: string;
  runId?: string | undefined;
  runLink?: string | undefined;
  description?: string | undefined;
  tags: Record<string, string>;
  modelId?: string | undefined;
}
interface Needs {
  catalogue: CatalogueService;
  loggedModels: LoggedModelsService;
  tracking: TrackingService;
  artifacts: ArtifactsService;
  blobs: BlobsService;
}
const mostDescriptionBytes = 1024 * 1024;

/** Versions made of what clients logged: they keep the files, though the run or logged model should go. */
export class ModelVersionsService {
  readonly #needs: Needs;
  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async create(wanted: NewModelVersion, caller: Caller): Promise<VersionRow> {
    const { catalogue } = this.#needs;
    const { name, source, description = '', tags } = wanted;
    await catalogue.get(name);
    const files = await this.#filesOf(source);
    const modelId = wanted.modelId || /^models:\/(m-[0-9a-f]{32})$/.exec(source)?.[1];
    const logged = modelId ? await this.#needs.loggedModels.get(modelId) : undefined;
    const runId = wanted.runId || logged?.sourceRunId || null;
    if (runId && caller.kind === 'job') requireOwn(caller)(await this.#needs.tracking.get(runId));
    return catalogue.addVersion({
      ...{ modelName: name, task: 'unknown', description, tags, source, createdBy: caller.name },
      ...{ lineageKind: 'mlflow', runId },
      loggedModelId: modelId ?? null,
      metadata: { ...(await this.#describe(files)), ...(wanted.runLink && { run_link: wanted.runLink }) },
      artifacts: files,
    });
  }

  /** The process of a job changes only versions that its own runs made. */
  async requireOwn(name: string, version: number, caller: Caller): Promise<void> {
    if (caller.kind !== 'job') return;
    const { runId } = await this.#needs.catalogue.getVersion(name, version);
    if (!runId) throw new AppError('auth.forbidden', 'A job may change only versions that its runs made.');
    requireOwn(caller)(await this.#needs.tracking.get(runId));
  }

  async list(name: string, version: number, folder: string): Promise<Listed[]> {
    const { artifacts } = await this.#needs.catalogue.getVersion(name, version);
    return listFolder(artifacts, folder);
  }

  async file(name: string, version: number, path: string): Promise<StoredFile> {
    const { artifacts } = await this.#needs.catalogue.getVersion(name, version);
    const found = artifacts.find((file) => file.name === path);
    if (!found) throw new AppError('artifact.not_found', `There is no file ${path} here.`, { path });
    return this.#needs.blobs.get(found.sha256);
  }

  /** `models:/<logged model>`, `models:/<name>/<version>`, `runs:/<run>/<path>` or `mlflow-artifacts:/…`. */
  async #filesOf(source: string): Promise<NewArtifact[]> {
    const { catalogue, loggedModels, artifacts } = this.#needs;
    const [, name, version] =
      /^(?:models:|mlflow-artifacts:\/registry)\/([^/]+)\/(\d+)(?:\/artifacts)?\/?$/.exec(source) ?? [];
    if (name && version) return (await catalogue.getVersion(name, Number(version))).artifacts.map(asNew);
    const place = await this.#placeOf(source);
    if (place.owner.startsWith('m-')) await loggedModels.get(place.owner);
    const found = await artifacts.below(place);
    if (found.length === 0)
      throw new AppError('artifact.not_found', `There are no files at ${source}.`, { source });
    return found.map(({ path, sha256, sizeBytes }) => ({
      ...{ name: path, sha256, sizeBytes },
      format: formatOf(path),
    }));
  }

  async #placeOf(source: string): Promise<ArtifactPlace> {
    const [, modelId] = /^models:\/(m-[0-9a-f]{32})\/?$/.exec(source) ?? [];
    if (modelId) return { owner: modelId, path: '' };
    const [, runId, path = ''] = /^runs:\/+([0-9a-f]{32})(?:\/(.*))?$/.exec(source) ?? [];
    if (runId) {
      await this.#needs.tracking.get(runId);
      return { owner: runId, path: path === '' ? '' : requirePath(path) };
    }
    const [, uriPath] = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(source) ?? [];
    if (uriPath !== undefined) return placeOfUri(uriPath);
    throw new AppError(
      'model.bad_source',
      `The files of ${source} do not lie on this server: log them with a run or as a model first.`,
      { source },
    );
  }

  /** Which libraries can load it, from its MLmodel file. */
  async #describe(files: NewArtifact[]): Promise<Record<string, unknown>> {
    const file = files.find(({ name }) => name === 'MLmodel');
    if (!file || file.sizeBytes > mostDescriptionBytes) return {};
    const text = await readFile((await this.#needs.blobs.get(file.sha256)).path, 'utf8');
    return { flavors: flavorsOf(text) };
  }
}

const asNew = ({ name, format, sha256, sizeBytes }: NewArtifact) => ({ name, format, sha256, sizeBytes });

function formatOf(path: string): string {
  const extension = extname(path).slice(1).toLowerCase();
  return ['onnx', 'gguf', 'safetensors'].includes(extension) ? extension : 'other';
}
