/** A guide's code, read from its Markdown. */
interface Block {
  /** `run`: the test runs it; `prints`: what the run before it must have printed. */
  mark: 'run' | 'prints' | undefined;
  language: string;
  code: string;
}
/** One marked command block, and the lines it must print. */
interface Step {
  script: string;
  prints: string[];
}

export function readBlocks(markdown: string): Block[] {
  const fence = /(?:<!-- (run|prints) -->\n)?```(\w*)\n([\s\S]*?)\n```/g;
  return [...markdown.matchAll(fence)].map(([, mark, language = '', code = '']) => ({
    mark: mark === 'run' || mark === 'prints' ? mark : undefined,
    language,
    code,
  }));
}

export function readSteps(markdown: string): Step[] {
  const steps: Step[] = [];
  for (const { mark, code } of readBlocks(markdown)) {
    if (mark === 'run') steps.push({ script: code, prints: [] });
    if (mark === 'prints') steps.at(-1)?.prints.push(...code.split('\n'));
  }
  return steps;
}

/** The files a guide shows, each block marked with the name it is to be saved under. */
export const readFiles = (markdown: string): { name: string; code: string }[] =>
  [...markdown.matchAll(/<!-- file ([\w.-]+) -->\n```\w*\n([\s\S]*?)\n```/g)].map(
    ([, name = '', code = '']) => ({ name, code }),
  );

/** A block without the comments in it, which are translated. */
export const withoutComments = (code: string): string => code.replace(/(^|\s+)#\s.*$/gm, '').trimEnd();

/** A text as a pattern of itself. */
export const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The first of `lines` that `output` lacks, in this order; `…` stands for anything within a line. */
export function missingLine(output: string, lines: readonly string[]): string | undefined {
  let rest = output;
  for (const line of lines) {
    const pattern = line.split('…').map(literal).join('[^\\n]*?');
    const found = new RegExp(pattern).exec(rest);
    if (!found) return line;
    rest = rest.slice(found.index + found[0].length);
  }
  return undefined;
}
