import { routes } from '@hearth/contract';
import type { FastifyInstance } from 'fastify';
import { abandonBody } from '../platform/abandon-body.ts';
import type { Caller } from '../platform/access.ts';
import { AppError } from '../platform/errors.ts';
import { sendFile } from '../platform/send-file.ts';
import { type ArtifactPlace, placeInVersion, placeOfUri, requirePath } from './artifact-path.ts';
import type { Listed } from './artifacts.repository.ts';
import type { ArtifactsService } from './artifacts.service.ts';
import { handleMlflow } from './handle-mlflow.ts';
import type { LoggedModelsService } from './logged-models.service.ts';
import type { ModelVersionsService } from './model-versions.service.ts';
import { requireOwn } from './run-access.ts';
import { requireActive } from './run-state.ts';
import type { TrackingService } from './tracking.service.ts';

/** Finds what a path means, and whether the caller may write there. */
export class ArtifactPlaces {
  readonly #tracking: TrackingService;
  readonly #loggedModels: LoggedModelsService;
  constructor(tracking: TrackingService, loggedModels: LoggedModelsService) {
    this.#tracking = tracking;
    this.#loggedModels = loggedModels;
  }

  async toRead(uriPath: string): Promise<ArtifactPlace> {
    const place = placeOfUri(uriPath);
    await (isLoggedModel(place) ? this.#loggedModels : this.#tracking).get(place.owner);
    return place;
  }

  async toWrite(uriPath: string, caller: Caller): Promise<ArtifactPlace> {
    const place = placeOfUri(uriPath);
    if (isLoggedModel(place)) {
      await this.#loggedModels.getToWrite(place.owner, caller);
      return place;
    }
    const run = await this.#tracking.get(place.owner);
    requireOwn(caller)(run);
    requireActive(run);
    return place;
  }
}

const isLoggedModel = ({ owner }: ArtifactPlace) => owner.startsWith('m-');

export function mlflowArtifactsRoutes(
  app: FastifyInstance,
  tracking: TrackingService,
  artifacts: ArtifactsService,
  places: ArtifactPlaces,
  versions: ModelVersionsService,
): void {
  const { mlflow } = routes;
  handleMlflow(app, mlflow.listRunArtifacts, async ({ query: { run_id, path } }) => {
    const run = await tracking.get(run_id);
    const listed = await artifacts.list({ owner: run_id, path: path ? requirePath(path) : '' });
    return { root_uri: run.artifactUri, files: listed.map((file) => asFile(file, 0)) };
  });
  handleMlflow(app, mlflow.listArtifacts, async ({ query }) => {
    const registered = placeInVersion(query.path);
    const place = registered ?? (await places.toRead(query.path));
    const listed = registered
      ? await versions.list(registered.name, registered.version, registered.path)
      : await artifacts.list(place as ArtifactPlace);
    // Here paths are told from the folder that was asked for.
    const isFile = listed.length === 1 && listed[0]!.path === place.path;
    const start = isFile ? place.path.lastIndexOf('/') + 1 : place.path && place.path.length + 1;
    return { files: listed.map((file) => asFile(file, Number(start))) };
  });
  handleMlflow(app, mlflow.getArtifact, async (call) => {
    const registered = placeInVersion(call.params['*']);
    if (registered) {
      const { name, version, path } = registered;
      return sendFile(call, await versions.file(name, version, path), fileNameOf(path));
    }
    const place = requireFile(await places.toRead(call.params['*']));
    return sendFile(call, await artifacts.get(place), fileNameOf(place.path));
  });
  handleMlflow(app, mlflow.putArtifact, async ({ params, body, caller, request }) => {
    try {
      await artifacts.put(requireFile(await places.toWrite(params['*'], caller)), body);
      return {};
    } catch (error) {
      abandonBody(request);
      throw error;
    }
  });
  handleMlflow(app, mlflow.deleteArtifact, async ({ params, caller }) => {
    await artifacts.remove(await places.toWrite(params['*'], caller));
    return {};
  });
}

export function requireFile(place: ArtifactPlace): ArtifactPlace {
  if (place.path === '') throw new AppError('artifact.bad_path', 'This is a folder; name a file in it.');
  return place;
}

/** For a header, which holds no quotes and no letters beyond ASCII. */
export const fileNameOf = (path: string): string =>
  path
    .split('/')
    .at(-1)!
    .replace(/[^\x20-\x7e]|["\\]/g, '_');

const asFile = ({ path, isDir, sizeBytes }: Listed, start: number) => ({
  path: path.slice(start),
  is_dir: isDir,
  ...(sizeBytes === null ? {} : { file_size: sizeBytes }),
});
