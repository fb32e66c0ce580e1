import { randomUUID } from 'node:crypto';
import type { Deployment, DeploymentReport } from '@hearth/contract';
import type { CircuitBreaker } from '@hearth/toolkit/reliability';
import type { LinksService } from '../nodes/links.service.ts';
import type { NodesService } from '../nodes/nodes.service.ts';
import type { Hello, NodeListener, WorkMessage } from '../nodes/nodes.types.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { LiveHub } from '../platform/live-hub.ts';
import type { Log } from '../platform/log.ts';
import type { ModelsService } from '../registry/models.service.ts';
import { DeploymentStates } from './deployment-states.ts';
import { asDeployment } from './deployment-view.ts';
import type { DeploymentRow, DeploymentsRepository, ModelDeployment } from './deployments.repository.ts';
import { type Endpoint, probeEndpoint } from './endpoint-client.ts';
import { chooseEngine } from './engine-choice.ts';
import type { Sealing } from './sealing.ts';

export interface DeployOrder {
  name?: string | undefined;
  modelName: string;
  version?: number | undefined;
  alias?: string | undefined;
  nodeId?: string | undefined;
}
export interface AttachOrder {
  name: string;
  baseUrl: string;
  model: string;
  apiKey?: string | undefined;
}

/** What is deployed where, and how it is. Nodes are told the whole list of theirs and report how each stands. */
export class DeploymentsService implements NodeListener {
  readonly #repository: DeploymentsRepository;
  readonly #models: ModelsService;
  readonly #nodes: NodesService;
  readonly #links: LinksService;
  readonly #live: LiveHub;
  readonly #sealing: Sealing;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #states: DeploymentStates;
  #telling: Promise<void> = Promise.resolve();
  constructor(
    repository: DeploymentsRepository,
    models: ModelsService,
    nodes: NodesService,
    links: LinksService,
    live: LiveHub,
    sealing: Sealing,
    clock: Clock,
    log: Log,
  ) {
    this.#repository = repository;
    this.#models = models;
    this.#nodes = nodes;
    this.#links = links;
    this.#live = live;
    this.#sealing = sealing;
    this.#clock = clock;
    this.#log = log;
    this.#states = new DeploymentStates((nodeId) => links.isOnline(nodeId));
    models.refuseDeletionWhen(async (tx, modelName) =>
      (await repository.ofModel(modelName, tx)).map(({ id, name, version }) => ({
        ...{ kind: 'deployment', id, name, state: 'deployed' },
        ...(version === null ? {} : { version }),
      })),
    );
    models.deployedNames = async () =>
      new Set((await repository.list()).flatMap((row) => (row.kind === 'model' ? [row.modelName] : [])));
  }

  async list(): Promise<Deployment[]> {
    const [rows, nodes] = await Promise.all([this.#repository.list(), this.#nodes.capabilities()]);
    const names = new Map(nodes.map(({ nodeId, name }) => [nodeId, name]));
    return rows.map((row) => this.#view(row, names));
  }

  async get(id: string): Promise<Deployment> {
    const row = await this.row(id);
    const nodes = await this.#nodes.capabilities();
    return this.#view(row, new Map(nodes.map(({ nodeId, name }) => [nodeId, name])));
  }

  async row(id: string): Promise<DeploymentRow> {
    const row = await this.#repository.find(id);
    if (!row) throw new AppError('deployment.not_found', 'There is no such deployment.', { id });
    return row;
  }

  /** By its name; `<model>@<alias>` is whatever serves the version that the alias names now. */
  async findByName(name: string): Promise<DeploymentRow | undefined> {
    const [modelName = '', alias] = name.split('@');
    if (alias === undefined) return this.#repository.findByName(name);
    const version = await this.#models.findAliased(modelName, alias);
    return version === undefined ? undefined : this.#repository.findByVersion(modelName, version);
  }

  async deploy({
    name: wanted,
    modelName,
    version: wantedVersion,
    alias,
    nodeId: wantedNode,
  }: DeployOrder): Promise<Deployment> {
    const name = wanted ?? modelName;
    const id = randomUUID();
    const nodeId = await this.#repository.transaction(async (tx) => {
      const model = await this.#models.use(tx, modelName, { version: wantedVersion, alias });
      const choice = chooseEngine(model);
      if (!choice)
        throw new AppError(
          'deployment.unsuited',
          `${modelName} has no file that can be served: a GGUF, or an ONNX file made here.`,
        );
      const chosen = await this.#chooseNode(choice.engine, wantedNode);
      const { name: file, format, sha256, size_bytes: sizeBytes } = choice.artifact;
      const { metadata, task, version } = model;
      const artifact = { name: file, format, sha256, sizeBytes };
      const spec = { engine: choice.engine, artifact, metadata };
      const isAdded = await this.#repository.add(
        {
          ...{ id, name, kind: 'model', task: choice.engine === 'llama' ? 'text-generation' : task, spec },
          ...{ modelName, modelVersion: version, nodeId: chosen, chats: false, createdAt: this.#clock() },
        },
        tx,
      );
      if (!isAdded) throw taken(name);
      return chosen;
    });
    this.#tellNode(nodeId);
    return this.#announce(id);
  }

  async attach({ name, baseUrl, model, apiKey }: AttachOrder): Promise<Deployment> {
    if (await this.#repository.findByName(name)) throw taken(name);
    await probeEndpoint({ baseUrl, model, apiKey });
    const id = randomUUID();
    const isAdded = await this.#repository.add({
      ...{ id, name, kind: 'endpoint', task: 'text-generation', baseUrl, endpointModel: model, chats: true },
      ...{ apiKeySealed: apiKey ? this.#sealing.seal(apiKey) : null, createdAt: this.#clock() },
    });
    if (!isAdded) throw taken(name);
    return this.#announce(id);
  }

  async remove(id: string): Promise<void> {
    const row = await this.#repository.remove(id);
    if (!row) throw new AppError('deployment.not_found', 'There is no such deployment.', { id });
    this.#states.forget(id);
    if (row.kind === 'model') this.#tellNode(row.nodeId);
    this.#live.publish('deployments', { type: 'deployment.removed', id });
  }

  endpointOf(row: Extract<DeploymentRow, { kind: 'endpoint' }>): Endpoint {
    const apiKey = row.apiKeySealed === null ? undefined : this.#sealing.open(row.apiKeySealed);
    return { baseUrl: row.baseUrl, model: row.endpointModel, apiKey };
  }

  stateOf(row: DeploymentRow): Deployment['state'] {
    return this.#states.stateOf(row);
  }

  /** Counts a request in; false when `most` are under way already. The caller counts it out. */
  enter(id: string, most: number): boolean {
    return this.#states.enter(id, most);
  }

  leave(id: string): void {
    this.#states.leave(id);
  }

  breakerOf(id: string): CircuitBreaker {
    return this.#states.breakerOf(id);
  }

  /** How an endpoint's last question went. */
  noteEndpoint(id: string, failure: string | undefined): void {
    if (this.#states.noteEndpoint(id, failure)) void this.#publish(id);
  }

  async onHello(nodeId: string, hello: Hello) {
    for (const report of hello.deployments) await this.#note(nodeId, report);
    return { deployments: await this.#specs(nodeId) };
  }

  onOnline(nodeId: string): void {
    void this.#publishNode(nodeId);
  }

  onOffline(nodeId: string): void {
    void this.#publishNode(nodeId);
  }

  async onMessage(nodeId: string, message: WorkMessage): Promise<void> {
    if (message.type !== 'deployment.report') return;
    await this.#note(nodeId, message.report);
    await this.#publish(message.report.deploymentId);
  }

  /** A report counts only from the node that holds the deployment. */
  async #note(nodeId: string, report: DeploymentReport): Promise<void> {
    const row = await this.#repository.find(report.deploymentId);
    if (row?.kind !== 'model' || row.nodeId !== nodeId) return;
    this.#states.noteReport(report);
    if (report.state === 'ready') await this.#repository.keepFacts(row.id, report);
  }

  async #chooseNode(engine: string, wanted: string | undefined): Promise<string> {
    if (wanted !== undefined) {
      const node = (await this.#nodes.capabilities()).find(({ nodeId }) => nodeId === wanted);
      if (!node) throw new AppError('node.not_found', 'There is no such machine.', { id: wanted });
      if (!node.engines.includes(engine))
        throw new AppError('node.none_capable', `${node.name} has no ${engine} engine.`);
      return wanted;
    }
    const rows = await this.#repository.list();
    const load = (nodeId: string) =>
      rows.filter((row) => row.kind === 'model' && row.nodeId === nodeId).length;
    const capable = this.#links.online().filter(({ engines }) => engines.includes(engine));
    const [best] = capable.toSorted((a, b) => load(a.nodeId) - load(b.nodeId));
    if (!best) throw new AppError('node.none_capable', `No connected machine has the ${engine} engine.`);
    return best.nodeId;
  }

  async #specs(nodeId: string) {
    return (await this.#repository.onNode(nodeId)).map(({ id, spec }: ModelDeployment) => ({
      deploymentId: id,
      ...spec,
    }));
  }

  /** One list after the other, so that an older one never comes last. */
  #tellNode(nodeId: string): void {
    this.#telling = this.#telling
      .then(async () => {
        this.#links.send(nodeId, { type: 'deployments', deployments: await this.#specs(nodeId) });
      })
      // The node learns it at its next hello.
      .catch((err: unknown) => this.#log.warn({ err, node: nodeId }, 'A node was not told its deployments.'));
  }

  async #announce(id: string): Promise<Deployment> {
    const deployment = await this.get(id);
    this.#live.publish('deployments', { type: 'deployment.updated', deployment });
    return deployment;
  }

  async #publish(id: string): Promise<void> {
    if (!this.#live.hasSubscribers('deployments')) return;
    const deployment = await this.get(id).catch(() => undefined);
    if (deployment) this.#live.publish('deployments', { type: 'deployment.updated', deployment });
  }

  async #publishNode(nodeId: string): Promise<void> {
    if (!this.#live.hasSubscribers('deployments')) return;
    const rows = await this.#repository.onNode(nodeId).catch(() => []);
    for (const { id } of rows) await this.#publish(id);
  }

  #view(row: DeploymentRow, nodeNames: ReadonlyMap<string, string>): Deployment {
    return asDeployment(row, { ...this.#states.of(row), nodeNames });
  }
}

const taken = (name: string) =>
  new AppError('deployment.exists', `A deployment named ${name} is already there.`, { name });
