import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentMessage, DeploymentReport, DeploymentSpec, InferenceRequest } from '@hearth/contract';
import type { Log } from '../log.ts';
import type { EngineNews } from './engine-messages.ts';
import { EngineProcess } from './engine-process.ts';

export interface DeploymentOptions {
  spec: DeploymentSpec;
  gpuFolder: string;
  /** Brings the model's file onto this machine; tells how far it is. */
  fetch: (
    spec: DeploymentSpec,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ) => Promise<string>;
  send: (message: AgentMessage) => boolean;
  log: Log;
}

/** So many crashes within so long are more than bad luck. */
const mostCrashes = 3;
const crashWindowMs = 60_000;

/** One model this node holds ready: its file, its engine, its requests. */
export class Deployment {
  readonly #options: DeploymentOptions;
  readonly #stop = new AbortController();
  readonly #requests = new Set<string>();
  readonly #crashes: number[] = [];
  #engine: EngineProcess | undefined;
  #report: DeploymentReport;

  constructor(options: DeploymentOptions) {
    this.#options = options;
    this.#report = { deploymentId: options.spec.deploymentId, state: 'starting', progress: 0 };
    void this.#open();
  }

  /** True when its file could not be brought here, which may go better another time. */
  isUnfetched = false;

  get report(): DeploymentReport {
    return this.#report;
  }

  start(requestId: string, request: InferenceRequest): void {
    if (this.#report.state !== 'ready') {
      const message = this.#report.error ?? 'The model is not loaded yet.';
      this.#options.send({ type: 'inference.failed', requestId, code: 'deployment.not_ready', message });
      return;
    }
    this.#requests.add(requestId);
    this.#engine?.send({ type: 'start', requestId, request });
  }

  /** True when the request was this deployment's. */
  abort(requestId: string): boolean {
    if (!this.#requests.delete(requestId)) return false;
    this.#engine?.send({ type: 'abort', requestId });
    return true;
  }

  abortAll(): void {
    for (const requestId of this.#requests) this.abort(requestId);
  }

  close(): void {
    this.#stop.abort();
    this.#engine?.stop();
    this.#failRequests('The deployment was taken down.');
  }

  async #open(): Promise<void> {
    const { spec, fetch, gpuFolder, log } = this.#options;
    const signal = this.#stop.signal;
    try {
      const path = await fetch(spec, signal, (done) => this.#progress(done * 0.8));
      if (signal.aborted) return;
      this.#engine = new EngineProcess({
        onNews: (news) => this.#hear(news),
        onCrash: (how, words) => void this.#crashed(how, words),
      });
      const { engine, metadata } = spec;
      this.#engine.send({ type: 'load', engine, path, metadata, gpuFolder });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error, deploymentId: spec.deploymentId }, 'A deployment’s model could not be fetched.');
      this.isUnfetched = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.#tell({ state: 'failed', error: `The model could not be fetched: ${reason}` });
    }
  }

  #hear(news: EngineNews): void {
    if (news.type === 'loading') this.#progress(0.8 + news.progress * 0.2);
    else if (news.type === 'ready') this.#tell({ state: 'ready', ...news.facts });
    else if (news.type === 'unusable') {
      this.#engine?.stop();
      this.#tell({ state: 'failed', error: `The model cannot be loaded: ${news.message}` });
    } else this.#answer(news);
  }

  #answer(news: Extract<EngineNews, { requestId: string }>): void {
    if (!this.#requests.has(news.requestId)) return;
    if (news.type !== 'delta') this.#requests.delete(news.requestId);
    this.#options.send({ ...news, type: `inference.${news.type}` } as AgentMessage);
  }

  async #crashed(how: string, words: string): Promise<void> {
    const now = performance.now();
    this.#crashes.push(now);
    const recent = this.#crashes.filter((at) => now - at < crashWindowMs).length;
    this.#options.log.error({ how, words, recent }, 'An engine crashed.');
    if (recent >= mostCrashes) {
      const said = words === '' ? '' : ` Its last words: ${words.slice(-500)}`;
      this.#tell({
        state: 'failed',
        error: `The engine crashed ${recent} times in a minute (${how}).${said}`,
      });
    } else this.#tell({ state: 'starting', progress: 0 });
    // After the state: who asks again at once must not be told that it is ready.
    this.#failRequests('The engine crashed while it answered.');
    if (recent >= mostCrashes) return;
    const signal = this.#stop.signal;
    await sleep(500 * 2 ** recent, undefined, { signal }).then(
      () => this.#open(),
      () => undefined,
    );
  }

  #failRequests(message: string): void {
    for (const requestId of this.#requests)
      this.#options.send({ type: 'inference.failed', requestId, code: 'inference.failed', message });
    this.#requests.clear();
  }

  #progress(progress: number): void {
    const told = this.#report.progress ?? 0;
    if (progress - told >= 0.02) this.#tell({ state: 'starting', progress: Math.min(1, progress) });
  }

  #tell(report: Omit<DeploymentReport, 'deploymentId'>): void {
    if (this.#stop.signal.aborted) return;
    this.#report = { deploymentId: this.#options.spec.deploymentId, ...report };
    this.#options.send({ type: 'deployment.report', report: this.#report });
  }
}
