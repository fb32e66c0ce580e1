/** A rule of the house that no linter of ours knows, told by a pattern over one line of source. */
interface HouseRule {
  name: string;
  applies: (path: string) => boolean;
  pattern: RegExp;
}

const isTest = (path: string) => /\.test\.ts$|\/testing\//.test(path);
const program = /^(server|agent|bot|launcher|learning|contract|toolkit)\/src\//;

const rules: HouseRule[] = [
  {
    name: 'process.env only in config',
    applies: (path) =>
      program.test(path) && !isTest(path) && !/(^|\/)config\.ts$/.test(path) && !path.startsWith('launcher/'),
    pattern: /\bprocess\.env\b/,
  },
  {
    name: 'no mocks of modules',
    applies: (path) => path.endsWith('.ts') && !path.startsWith('tools/'),
    pattern: /\b(vi|jest)\.(mock|doMock)\(/,
  },
  {
    name: 'no escape from the type checker',
    applies: (path) => program.test(path) && !isTest(path),
    pattern: /\bas unknown as\b|@ts-(ignore|nocheck)/,
  },
  {
    name: 'randomness is passed in',
    applies: (path) => program.test(path) && !isTest(path) && !/(backoff|jitter|config)/.test(path),
    pattern: /\bMath\.random\(/,
  },
  {
    name: 'nothing is loaded from another origin',
    applies: (path) => /^web\/(src|index\.html)/.test(path) && !isTest(path),
    pattern: /(src|href|url\(|import\(|fetch\()\s*[=(]?\s*["']?https?:\/\/(?!localhost|127\.)/,
  },
];

export interface Breach {
  path: string;
  line: number;
  rule: string;
}

/** Every line of `text` that breaks a rule of the house. */
export function breaches(path: string, text: string): Breach[] {
  const applying = rules.filter((rule) => rule.applies(path));
  if (applying.length === 0) return [];
  return text
    .split('\n')
    .flatMap((line, index) =>
      applying
        .filter((rule) => rule.pattern.test(line))
        .map((rule) => ({ path, line: index + 1, rule: rule.name })),
    );
}
