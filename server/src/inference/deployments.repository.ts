import type { DeploymentReport, ModelTask } from '@hearth/contract';
import { and, asc, eq, type InferInsertModel } from 'drizzle-orm';
import type { Database, Executor, Transaction } from '../platform/database.ts';
import { isDuplicate } from '../platform/failures.ts';
import { deployments } from './deployments.table.ts';

type Row = typeof deployments.$inferSelect & { task: ModelTask };
interface Common
  extends Pick<
    Row,
    'id' | 'name' | 'task' | 'chats' | 'contextLength' | 'inputs' | 'classes' | 'createdAt'
  > {}
export interface ModelDeployment extends Common {
  kind: 'model';
  modelName: string;
  modelVersion: number;
  nodeId: string;
  spec: NonNullable<Row['spec']>;
}
export interface EndpointDeployment extends Common {
  kind: 'endpoint';
  baseUrl: string;
  endpointModel: string;
  apiKeySealed: string | null;
}
export type DeploymentRow = ModelDeployment | EndpointDeployment;

export class DeploymentsRepository {
  readonly #database: Database;
  constructor(database: Database) {
    this.#database = database;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transaction(work);
  }

  async list(): Promise<DeploymentRow[]> {
    const rows = await this.#database
      .select()
      .from(deployments)
      .orderBy(asc(deployments.createdAt))
      .limit(1000);
    return rows.map(asRow);
  }

  async find(id: string): Promise<DeploymentRow | undefined> {
    const [row] = await this.#database.select().from(deployments).where(eq(deployments.id, id));
    return row && asRow(row);
  }

  async findByName(name: string): Promise<DeploymentRow | undefined> {
    const [row] = await this.#database.select().from(deployments).where(eq(deployments.name, name));
    return row && asRow(row);
  }

  /** The first that serves this version. */
  async findByVersion(modelName: string, version: number): Promise<DeploymentRow | undefined> {
    const [row] = await this.#database
      .select()
      .from(deployments)
      .where(and(eq(deployments.modelName, modelName), eq(deployments.modelVersion, version)))
      .orderBy(asc(deployments.createdAt))
      .limit(1);
    return row && asRow(row);
  }

  async onNode(nodeId: string): Promise<ModelDeployment[]> {
    const rows = await this.#database
      .select()
      .from(deployments)
      .where(eq(deployments.nodeId, nodeId))
      .orderBy(asc(deployments.createdAt));
    return rows.map(asRow).filter((row) => row.kind === 'model');
  }

  async ofModel(modelName: string, executor: Executor = this.#database) {
    return executor
      .select({ id: deployments.id, name: deployments.name, version: deployments.modelVersion })
      .from(deployments)
      .where(eq(deployments.modelName, modelName))
      .limit(100);
  }

  /** False when the name is taken. */
  async add(
    row: InferInsertModel<typeof deployments>,
    executor: Executor = this.#database,
  ): Promise<boolean> {
    try {
      await executor.insert(deployments).values(row);
      return true;
    } catch (error) {
      if (isDuplicate(error, 'deployments_name')) return false;
      throw error;
    }
  }

  async keepFacts(id: string, { chats, contextLength, inputs, classes }: DeploymentReport): Promise<void> {
    await this.#database
      .update(deployments)
      .set({ chats, contextLength, inputs, classes })
      .where(eq(deployments.id, id));
  }

  async remove(id: string): Promise<DeploymentRow | undefined> {
    const [row] = await this.#database.delete(deployments).where(eq(deployments.id, id)).returning();
    return row && asRow(row);
  }
}

/** The row as the union it stands for; the table's check promises that it fits. */
function asRow(row: typeof deployments.$inferSelect): DeploymentRow {
  const { id, name, chats, contextLength, inputs, classes, createdAt } = row;
  const common = { id, name, task: row.task as ModelTask, chats, contextLength, inputs, classes, createdAt };
  const { modelName, modelVersion, nodeId, spec, baseUrl, endpointModel, apiKeySealed } = row;
  if (baseUrl !== null && endpointModel !== null)
    return { ...common, kind: 'endpoint', baseUrl, endpointModel, apiKeySealed };
  if (modelName === null || modelVersion === null || nodeId === null || spec === null)
    throw new Error(`Deployment ${id} has no target.`);
  return { ...common, kind: 'model', modelName, modelVersion, nodeId, spec };
}
