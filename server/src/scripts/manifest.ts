import { ScriptManifest, ScriptManifestEntry } from '@hearth/contract';
import { z } from 'zod';

const Outer = ScriptManifest.extend({ scripts: z.array(z.unknown()).max(200) });
const Named = z.object({ name: z.string() });

export interface ReadManifest {
  entries: ScriptManifestEntry[];
  /** One sentence for each thing that is wrong; the rest of the manifest stands. */
  problems: string[];
}

/** Reads a manifest's text. An entry that is wrong is left out and named, the others stay. */
export function readManifest(text: string): ReadManifest {
  const json = asJson(text);
  if ('problem' in json) return { entries: [], problems: [json.problem] };
  const outer = Outer.safeParse(json.value);
  if (!outer.success) return { entries: [], problems: [firstIssue(outer.error)] };
  const problems: string[] = [];
  const entries: ScriptManifestEntry[] = [];
  for (const [index, one] of outer.data.scripts.entries()) {
    const who = Named.safeParse(one).data?.name ?? `script ${index + 1}`;
    const parsed = ScriptManifestEntry.safeParse(one);
    const problem = parsed.success ? contradiction(parsed.data, entries) : firstIssue(parsed.error);
    if (problem) problems.push(`${who}: ${problem}`);
    else if (parsed.success) entries.push(parsed.data);
  }
  return { entries, problems };
}

function asJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function firstIssue({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

/** What the schema cannot see. */
function contradiction(entry: ScriptManifestEntry, before: ScriptManifestEntry[]): string | undefined {
  const { name, modes, options = [], timeout } = entry;
  if (before.some((other) => other.name === name)) return 'stands there twice';
  for (const path of [entry.entry ?? name, entry.working_directory])
    if (!isBelow(path)) return `${JSON.stringify(path)} is no path below the manifest’s folder`;
  if (modes && !modes.values.includes(modes.default)) return 'modes.default is none of modes.values';
  if (timeout.min > timeout.max) return 'timeout.min is larger than timeout.max';
  const { default: usual } = timeout;
  if (usual !== null && (usual < timeout.min || usual > timeout.max))
    return 'timeout.default is not between timeout.min and timeout.max';
  const names = options.map((option) => option.name);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice) return `options: ${twice} stands there twice`;
  const empty = options.find(({ type, choices }) => type === 'choice' && !choices?.length);
  return empty && `options: ${empty.name} is a choice without choices`;
}

const isBelow = (path: string): boolean =>
  path === '.' ||
  (/^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').some((part) => part.startsWith('.')));
