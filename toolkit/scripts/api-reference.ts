import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const room = fileURLToPath(new URL('../', import.meta.url));
const page = `${room}API.md`;
const subpaths = ['reliability', 'performance', 'security', 'features', 'monitoring'];
const printer = ts.createPrinter({ removeComments: true });

/** The docstring of a node, as Markdown on one line or several. */
function docOf(node: ts.Node): string {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return docs
    .map((doc) => {
      const tags = (doc.tags ?? []).map((tag) => {
        const name = ts.isJSDocParameterTag(tag) ? ` \`${tag.name.getText()}\`` : '';
        return `*@${tag.tagName.text}*${name} ${ts.getTextOfJSDocComment(tag.comment) ?? ''}`;
      });
      return [ts.getTextOfJSDocComment(doc.comment) ?? '', ...tags].filter(Boolean).join(' ');
    })
    .join(' ')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

const isHidden = (member: ts.ClassElement | ts.TypeElement) =>
  (member.name && ts.isPrivateIdentifier(member.name)) ||
  (ts.canHaveModifiers(member) &&
    ts.getModifiers(member)?.some((m) => m.kind === ts.SyntaxKind.PrivateKeyword));

/** A declaration's text without bodies and initial values. */
function signature(node: ts.Node): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile());
  const head = ts.isClassElement(node) || ts.isFunctionDeclaration(node) ? withoutBody(node, text) : text;
  return head
    .replace(/\s+/g, ' ')
    .replace(/^export /, '')
    .replace(/;$/, '')
    .trim();
}

function withoutBody(node: ts.Node, text: string): string {
  const body = (node as ts.FunctionLikeDeclaration).body;
  if (!body) return text;
  return text.slice(
    0,
    text.lastIndexOf(printer.printNode(ts.EmitHint.Unspecified, body, node.getSourceFile())),
  );
}

const entry = (code: string, doc: string, indent = '') => `${indent}- \`${code}\`${doc ? `: ${doc}` : ''}`;

/** The Markdown of one exported declaration. */
function describe(name: string, declaration: ts.Declaration): string[] {
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
    const kind = ts.isClassDeclaration(declaration) ? 'class' : 'interface';
    const members = [...declaration.members].filter((member) => !isHidden(member));
    return [
      '',
      `### ${name}`,
      `*${kind}.* ${docOf(declaration)}`,
      '',
      ...members.map((m) => entry(signature(m), docOf(m))),
    ];
  }
  const owner = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const code = ts.isVariableDeclaration(declaration) ? variable(name, declaration) : signature(declaration);
  return ['', `### ${name}`, docOf(owner), '', entry(code, '')];
}

function variable(name: string, { type, initializer }: ts.VariableDeclaration): string {
  if (type) return `${name}: ${type.getText()}`;
  const text = initializer?.getText().replace(/\s+/g, ' ') ?? '';
  const made = /new (?!TypeError)(\w+)/.exec(text);
  const make = initializer && ts.isCallExpression(initializer) ? initializer.arguments[0] : undefined;
  if (!make || !ts.isArrowFunction(make) || !made)
    return `const ${name} = ${text.replace(/ => .*/, ' => …')}`;
  return `${name}(${make.parameters.map((parameter) => parameter.getText()).join(', ')}): ${made[1]}`;
}

function section(program: ts.Program, subpath: string): string[] {
  const checker = program.getTypeChecker();
  const index = program.getSourceFile(`${room}src/${subpath}/index.ts`)!;
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(index)!);
  const lines = symbols
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((symbol) => {
      const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return describe(symbol.name, (real.valueDeclaration ?? real.declarations?.[0])!);
    });
  return ['', `## @hearth/toolkit/${subpath}`, ...lines];
}

/** The reference of every export of every subpath, made from the sources' docstrings. */
export function apiReference(): string {
  const files = subpaths.map((subpath) => `${room}src/${subpath}/index.ts`);
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
  });
  const lines = subpaths.flatMap((subpath) => section(program, subpath));
  return `# API of @hearth/toolkit\nMade from the docstrings by \`npm run api -w @hearth/toolkit\`. Do not edit.\n${lines.join('\n')}\n`;
}

export const currentReference = (): string => readFileSync(page, 'utf8');

if (import.meta.main) writeFileSync(page, apiReference());
