import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ApiError, createClient, type Machine, routes } from '@hearth/contract';
import { z } from 'zod';
import type { Log } from './log.ts';

export const Credentials = z.object({
  serverUrl: z.string(),
  nodeId: z.uuid(),
  nodeToken: z.string().min(1),
});
export type Credentials = z.infer<typeof Credentials>;

export interface EnrolmentOptions {
  serverUrl: string;
  /** Where the credentials are kept. */
  path: string;
  localTokenFile: string | undefined;
  invitation: string | undefined;
  machine: Machine;
  log: Log;
}

/** Knows who this machine is to the server: from its credentials, else by trading a token for them. */
export class Enrolment {
  readonly #options: EnrolmentOptions;
  #refused = false;

  constructor(options: EnrolmentOptions) {
    this.#options = options;
  }

  /** The node token; undefined, with a line in the log, when there is nothing to enrol with. */
  async token(): Promise<string | undefined> {
    const stored = this.#refused ? undefined : await this.#readStored();
    if (stored) return stored.nodeToken;
    const secret = await this.#secret();
    if (secret === undefined) {
      const ways = 'HEARTH_NODE_INVITATION (from the Machines page) or HEARTH_LOCAL_TOKEN_FILE';
      const state = this.#refused
        ? 'The server no longer knows this machine'
        : 'This machine is not enrolled';
      this.#options.log.warn(`${state}: give it ${ways}.`);
      return undefined;
    }
    return this.#enrol(secret);
  }

  /** The server did not accept the stored token: the next call of `token` enrols anew. */
  refused(): void {
    this.#refused = true;
  }

  async #readStored(): Promise<Credentials | undefined> {
    const text = await readFile(this.#options.path, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      const stored = Credentials.parse(JSON.parse(text));
      return stored.serverUrl === this.#options.serverUrl ? stored : undefined;
    } catch {
      this.#options.log.warn({ path: this.#options.path }, 'The credentials cannot be read; enrolling anew.');
      return undefined;
    }
  }

  async #secret(): Promise<string | undefined> {
    const { localTokenFile, invitation } = this.#options;
    const local = localTokenFile && (await readFile(localTokenFile, 'utf8').catch(() => undefined));
    return local?.trim() || invitation;
  }

  async #enrol(token: string): Promise<string | undefined> {
    const { serverUrl, machine, path, log } = this.#options;
    try {
      const answer = await createClient({ baseUrl: serverUrl })(
        routes.nodes.enrol,
        { body: { token, machine } },
        { signal: AbortSignal.timeout(10_000) },
      );
      await store(path, { serverUrl, nodeId: answer.node_id, nodeToken: answer.node_token });
      this.#refused = false;
      log.info({ nodeId: answer.node_id }, 'Enrolled.');
      return answer.node_token;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 0) throw error;
      log.warn({ code: error.code }, `The server refused to enrol this machine: ${error.message}`);
      return undefined;
    }
  }
}

async function store(path: string, credentials: Credentials): Promise<void> {
  await rm(`${path}.new`, { force: true });
  await writeFile(`${path}.new`, JSON.stringify(credentials), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
