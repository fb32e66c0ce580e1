import type { AgentMessage, DeploymentReport, DeploymentSpec, ServerMessage } from '@hearth/contract';
import { fetchBlob } from '../files/blob-cache.ts';
import type { Folders } from '../folders.ts';
import type { Log } from '../log.ts';
import { Deployment, type DeploymentOptions } from './deployment.ts';

export interface EnginesOptions {
  folders: Folders;
  serverUrl: string;
  token: () => Promise<string | undefined>;
  send: (message: AgentMessage) => boolean;
  log: Log;
}

/** All models this node holds ready. */
export class Engines {
  readonly #options: EnginesOptions;
  readonly #deployments = new Map<string, Deployment>();

  constructor(options: EnginesOptions) {
    this.#options = options;
  }

  /**
   * Makes what is here match the list: what is not on it goes, what is missing starts. A model that cannot be
   * loaded stays failed, one that could not be fetched is tried again.
   */
  converge(specs: readonly DeploymentSpec[]): void {
    const wanted = new Map(specs.map((spec) => [spec.deploymentId, spec]));
    for (const [id, deployment] of this.#deployments) {
      if (wanted.has(id) && !deployment.isUnfetched) continue;
      deployment.close();
      this.#deployments.delete(id);
    }
    for (const [id, spec] of wanted) {
      const present = this.#deployments.get(id);
      if (present) this.#options.send({ type: 'deployment.report', report: present.report });
      else this.#deployments.set(id, this.#open(spec));
    }
  }

  reports(): DeploymentReport[] {
    return [...this.#deployments.values()].map((deployment) => deployment.report);
  }

  start({ requestId, deploymentId, request }: Extract<ServerMessage, { type: 'inference.start' }>): void {
    const deployment = this.#deployments.get(deploymentId);
    deployment?.start(requestId, request);
    if (deployment) return;
    const message = 'This machine does not hold that model.';
    this.#options.send({ type: 'inference.failed', requestId, code: 'deployment.not_found', message });
  }

  abort(requestId: string): void {
    for (const deployment of this.#deployments.values()) if (deployment.abort(requestId)) return;
  }

  /** Nobody is there any more to hear the answers. */
  abortAll(): void {
    for (const deployment of this.#deployments.values()) deployment.abortAll();
  }

  stop(): void {
    this.converge([]);
  }

  #open(spec: DeploymentSpec): Deployment {
    const { folders, send, log } = this.#options;
    return new Deployment({ spec, send, log, gpuFolder: folders.gpu, fetch: this.#fetch });
  }

  readonly #fetch: DeploymentOptions['fetch'] = async ({ deploymentId, artifact }, signal, onProgress) => {
    const { folders, serverUrl, token } = this.#options;
    const { sha256, sizeBytes } = artifact;
    return fetchBlob({
      cache: folders.cache,
      serverUrl,
      token: (await token()) ?? '',
      sha256,
      sizeBytes,
      owner: deploymentId,
      patience: 240,
      signal,
      onProgress: (done) => onProgress(done / Math.max(1, sizeBytes)),
    });
  };
}
