import type { Architecture, CodeBundle, Program } from '@hearth/contract';
import { AppError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { type CodeService, UnusableCode } from '../registry/code.service.ts';
import { builtInArchitectures } from './architectures.ts';
import { type KnownRecipe, type RecipeFolder, scanRecipes } from './recipe-folders.ts';
import { asArchitecture, brokenArchitecture, type RecipeManifest } from './recipe-manifest.ts';

/** What a session is trained by; built-in trainers have no program. */
export interface Trainer {
  architecture: Architecture;
  program: Program | null;
}

/** What can be trained: the trainers built into agents, and recipes, which are read anew each time they are asked for. */
export class RecipesService {
  readonly #folders: readonly RecipeFolder[];
  readonly #code: CodeService;
  readonly #log: Log;
  readonly #told = new Set<string>();
  constructor(folders: readonly RecipeFolder[], code: CodeService, log: Log) {
    this.#folders = folders;
    this.#code = code;
    this.#log = log;
  }

  async list(): Promise<Architecture[]> {
    const recipes = await this.#scan();
    const described = await Promise.all(recipes.map((recipe) => this.#describe(recipe)));
    return [...builtInArchitectures, ...described];
  }

  /** Throws `training.unknown_architecture`, and `training.unsuited` for one that cannot be used as it is. */
  async require(name: string): Promise<Trainer> {
    const builtIn = builtInArchitectures.find((architecture) => architecture.name === name);
    if (builtIn) return { architecture: builtIn, program: null };
    const recipes = await this.#scan();
    const recipe = recipes.find((one) => one.name === name);
    if (!recipe) {
      const known = [...builtInArchitectures, ...recipes].map((one) => one.name);
      throw new AppError('training.unknown_architecture', `There is no architecture ${name}.`, { known });
    }
    const { architecture, program } = await this.#prepare(recipe);
    if (program) return { architecture, program };
    throw new AppError('training.unsuited', `${name} cannot be used: ${architecture.problem}`);
  }

  async #scan(): Promise<KnownRecipe[]> {
    const taken = builtInArchitectures.map(({ name }) => name);
    return scanRecipes(this.#folders, taken);
  }

  async #describe(recipe: KnownRecipe): Promise<Architecture> {
    const { architecture } = await this.#prepare(recipe);
    const { name, problem } = architecture;
    if (problem !== null && !this.#told.has(name + problem)) {
      this.#told.add(name + problem);
      this.#log.warn(`The recipe ${name} cannot be used: ${problem}`);
    }
    return architecture;
  }

  async #prepare({ name, origin, folder, manifest }: KnownRecipe): Promise<Trainer> {
    if (typeof manifest === 'string')
      return { architecture: brokenArchitecture(name, origin, manifest), program: null };
    try {
      const code = await this.#bundle(folder, manifest);
      return { architecture: asArchitecture(manifest, origin, null), program: programOf(manifest, code) };
    } catch (error) {
      if (!(error instanceof UnusableCode)) throw error;
      return { architecture: asArchitecture(manifest, origin, error.message), program: null };
    }
  }

  async #bundle(folder: string, { name, entry, include }: RecipeManifest): Promise<CodeBundle> {
    const code = await this.#code.bundleFolders(folder, [name, ...include]);
    if (code.files.some(({ path }) => path === `${name}/${entry}`)) return code;
    throw new UnusableCode(`There is no file ${entry} in its folder.`);
  }
}

const programOf = ({ name, entry, runtime, environment }: RecipeManifest, code: CodeBundle): Program => ({
  code,
  runtime,
  entry: `${name}/${entry}`,
  args: [],
  environment,
  workingDirectory: name,
});
