/** The architecture's dependency rule, checked (`npm run check`). Each rule was proven once with a planted violation. */
const programs = ['launcher', 'server', 'agent', 'bot', 'web'];
const tests = '(\\.test\\.ts$|/testing/|^e2e/|^bench/|^tools/)';

/** Domains of the server, lowest first: one may use the services of those before it, and siblings of its own rank. */
const order = [
  ['identity'],
  ['registry'],
  ['nodes'],
  ['jobs'],
  ['scripts', 'training', 'inference', 'market', 'pulls'],
  ['projects', 'federation', 'characters', 'chat'],
  ['monitoring'],
  ['alerts'],
  ['lifecycle'],
  ['system'],
];
const upward = order.slice(0, -1).map((rank, i) => ({
  name: `no-upward-from-${rank.join('-')}`,
  comment: 'A domain never imports one above it: news travels up as events.',
  severity: 'error',
  from: { path: `^server/src/(${rank.join('|')})/`, pathNot: tests },
  to: {
    path: `^server/src/(${order
      .slice(i + 1)
      .flat()
      .join('|')})/`,
  },
}));

const rooms = {
  contract: { own: 'contract', may: [] },
  toolkit: { own: 'toolkit', may: [] },
  learning: { own: 'learning', may: [] },
  launcher: { own: 'launcher', may: [] },
  server: { own: 'server', may: ['contract', 'toolkit'] },
  agent: { own: 'agent', may: ['contract', 'toolkit', 'learning'] },
  bot: { own: 'bot', may: ['contract', 'toolkit'] },
  web: { own: 'web', may: ['contract'] },
};
const everyRoom = [
  'contract',
  'toolkit',
  'learning',
  'launcher',
  'server',
  'agent',
  'bot',
  'web',
  'bench',
  'e2e',
  'tools',
];
const roomRules = Object.entries(rooms).map(([name, { own, may }]) => ({
  name: `${name}-imports`,
  comment: `${name} may import of our rooms: ${may.join(', ') || 'none'}.`,
  severity: 'error',
  from: { path: `^${own}/`, pathNot: tests },
  to: { path: `^(${everyRoom.filter((r) => r !== own && !may.includes(r)).join('|')})/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Files in a cycle have no order to be understood in.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      comment: 'An import nothing resolves hides from every other rule.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^node$' },
    },
    ...roomRules,
    ...upward,
    {
      name: 'platform-knows-no-domain',
      severity: 'error',
      from: { path: '^server/src/platform/', pathNot: tests },
      to: { path: '^server/src/(?!platform/)[^/]+/' },
    },
    {
      name: 'across-domains-only-services',
      severity: 'error',
      comment: 'Tables may be referenced for foreign keys; all else goes through services.',
      from: { path: '^server/src/([^/]+)/', pathNot: `${tests}|^server/src/platform/` },
      to: {
        path: '^server/src/[^/]+/',
        pathNot: [
          '^server/src/$1/',
          '^server/src/platform/',
          '\\.service\\.ts$',
          '\\.table\\.ts$',
          '^server/src/[^/]+/[a-z-]+\\.types\\.ts$',
        ],
      },
    },
    {
      name: 'services-know-no-transport',
      severity: 'error',
      from: { path: '\\.(service|repository)\\.ts$' },
      to: { path: 'node_modules/(fastify|@fastify/[^/]+)(/|$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'storage-only-in-repositories',
      severity: 'error',
      comment: 'SQL lives in repositories (and the tables they use).',
      from: {
        path: '^server/src/',
        pathNot: `${tests}|\\.(repository|table)\\.ts$|^server/src/platform/|/app\\.ts$`,
      },
      to: { path: 'node_modules/(drizzle-orm|pg|pg-copy-streams)(/|$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-file-knows-the-socket',
      severity: 'error',
      from: { path: '^agent/src/', pathNot: `${tests}|^agent/src/connection\\.ts$` },
      to: { path: 'node_modules/ws(/|$)' },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { path: `^(${programs.join('|')}|contract|toolkit|learning)/src/`, pathNot: `${tests}|^web/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|migrations)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
    progress: { type: 'none' },
  },
};
