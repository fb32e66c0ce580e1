import type { CodeBundle, Script, ScriptManifestEntry } from '@hearth/contract';
import { AppError } from '../platform/errors.ts';
import { type CodeService, UnusableCode } from '../registry/code.service.ts';
import type { KnownScript, Manifests } from './manifests.ts';

/** A script that can be run, with the code as it is now. */
export interface RunnableScript {
  manifest: ScriptManifestEntry;
  code: CodeBundle;
}
type Runs = Pick<Script, 'active_run' | 'last_run'>;
const neverRun: Runs = { active_run: null, last_run: null };
type Readiness = { code: CodeBundle } | { problem: string };

/** Which scripts there are, and whether they can be run. */
export class CatalogueService {
  readonly #manifests: Manifests;
  readonly #code: CodeService;
  constructor(manifests: Manifests, code: CodeService) {
    this.#manifests = manifests;
    this.#code = code;
  }

  /** Throws `script.not_found` for a name outside the allow-list. */
  async require(name: string): Promise<RunnableScript> {
    const script = await this.#find(name);
    if (!script) throw unknownScript(name);
    const readiness = await this.#readiness(script);
    if ('code' in readiness) return { manifest: script.manifest, code: readiness.code };
    const message = `${name} cannot be run: ${readiness.problem}`;
    throw new AppError('script.unavailable', message, { script_name: name });
  }

  async has(name: string): Promise<boolean> {
    return (await this.#find(name)) !== undefined;
  }

  /** Names of the scripts that can be run, in the order of their manifests. */
  async available(): Promise<string[]> {
    const { scripts } = await this.#manifests.read();
    const all = await Promise.all(
      [...scripts.values()].map(async (script) => ({ script, ready: await this.#readiness(script) })),
    );
    return all.flatMap(({ script, ready }) => ('code' in ready ? [script.manifest.name] : []));
  }

  async list(runs: ReadonlyMap<string, Runs>): Promise<{ items: Script[]; problems: string[] }> {
    const { scripts, problems } = await this.#manifests.read();
    const items = [...scripts].map(([name, script]) => this.#asScript(script, runs.get(name) ?? neverRun));
    return { items: await Promise.all(items), problems };
  }

  async view(name: string, runs: Runs): Promise<Script | undefined> {
    const script = await this.#find(name);
    return script && this.#asScript(script, runs);
  }

  async #find(name: string): Promise<KnownScript | undefined> {
    return (await this.#manifests.read()).scripts.get(name);
  }

  async #readiness({ folder, manifest }: KnownScript): Promise<Readiness> {
    try {
      const code = await this.#code.bundle(folder);
      const problem = missingFrom(code, manifest);
      return problem === undefined ? { code } : { problem };
    } catch (error) {
      if (error instanceof UnusableCode) return { problem: error.message };
      throw error;
    }
  }

  async #asScript(script: KnownScript, runs: Runs): Promise<Script> {
    const { name, title, description, runtime, options, modes, timeout } = script.manifest;
    const readiness = await this.#readiness(script);
    return {
      name,
      origin: script.origin,
      title: title ?? { en: name },
      description: description ?? null,
      runtime,
      options: options ?? null,
      modes: modes ? { values: modes.values, default: modes.default } : null,
      timeout,
      code_digest: 'code' in readiness ? readiness.code.digest : null,
      problem: 'problem' in readiness ? readiness.problem : null,
      ...runs,
    };
  }
}

function missingFrom({ files }: CodeBundle, manifest: ScriptManifestEntry): string | undefined {
  const { name, entry = name, working_directory: folder } = manifest;
  if (!files.some(({ path }) => path === entry)) return `there is no file ${entry} in its folder.`;
  const isThere = folder === '.' || files.some(({ path }) => path.startsWith(`${folder}/`));
  return isThere ? undefined : `there is no folder ${folder} in its folder, or it is empty.`;
}

export const unknownScript = (name: string) =>
  new AppError('script.not_found', 'There is no such script.', { script_name: name });
