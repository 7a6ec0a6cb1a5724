/**
 * Dependencies point down: kernel → money → contracts → (transactions, market) → postgres → (event-log, projections, providers, service) → apps.
 * No circles, types included. Each rule is shown to be able to fail by tools/boundaries/boundaries.int.spec.ts.
 */
const LAYERS = [['kernel'], ['money'], ['contracts'], ['transactions', 'market'], ['postgres'], ['event-log', 'providers', 'service', 'credentials'], ['projections'], ['testing']];
const lib = (names) => `(^|/)libs/(${names.join('|')})/`;
/** Specs, and what only they use. */
const SPEC = '\\.(spec|fixture)\\.ts$|(^|/)(apps|libs)/[^/]+/(src/)?testing/';
const PURE = '(^|/)(libs/(kernel|money|contracts|transactions|market)/src/|.*\\.decide\\.ts$)';
const DRIVER = '(^|/)node_modules/(pg|pg-[a-z-]+|@types/pg)/';
const BUS = '(^|/)node_modules/@nats-io/jetstream/';

/** A lib sees its own layer's lower neighbours only; event-log comes before projections, the rest of that layer not each other. */
const layering = LAYERS.flatMap((layer, depth) =>
  layer.map((name) => ({
    name: `layer-${name}`,
    severity: 'error',
    comment: `libs/${name} may import lower layers only`,
    from: { path: lib([name]), pathNot: SPEC },
    to: { path: lib([...layer.filter((other) => other !== name), ...LAYERS.slice(depth + 1).flat()]) },
  })),
);

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', comment: 'types included', from: {}, to: { circular: true } },
    ...layering,
    { name: 'libs-below-apps', severity: 'error', from: { path: '(^|/)libs/' }, to: { path: '(^|/)apps/' } },
    {
      name: 'app-imports-no-app',
      severity: 'error',
      comment: 'services talk over the bus',
      from: { path: '(^|/)apps/([^/]+)/' },
      to: { path: '(^|/)apps/', pathNot: '(^|/)apps/$2/' },
    },
    {
      name: 'testing-only-in-tests',
      severity: 'error',
      from: { path: '(^|/)(apps|libs)/', pathNot: [SPEC, lib(['testing'])] },
      to: { path: lib(['testing']) },
    },
    {
      name: 'fixtures-only-in-tests',
      severity: 'error',
      from: { path: '(^|/)(apps|libs)/', pathNot: [SPEC, lib(['testing'])] },
      to: { path: SPEC },
    },
    {
      name: 'jetstream-behind-the-log',
      severity: 'error',
      comment: 'only event-log and projections know the stream',
      from: { path: '(^|/)(apps|libs)/', pathNot: [SPEC, lib(['event-log', 'projections', 'testing'])] },
      to: { path: BUS },
    },
    {
      name: 'driver-behind-postgres',
      severity: 'error',
      comment: 'apps get their SQL client from @tidemark/postgres',
      from: { path: '(^|/)(apps|libs)/', pathNot: [SPEC, lib(['postgres', 'event-log', 'projections', 'testing'])] },
      to: { path: DRIVER },
    },
    {
      name: 'pure-no-node',
      severity: 'error',
      comment: 'time, randomness and the outside arrive as arguments',
      from: { path: PURE, pathNot: SPEC },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-no-drivers',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: { path: '(^|/)node_modules/(@nestjs|@nats-io|typeorm|pg|fastify|@fastify|pino|rxjs|axios|plaid|snaptrade-typescript-sdk|@aws-sdk)/' },
    },
    { name: 'no-unresolvable', severity: 'error', from: { path: '(^|/)(apps|libs)/' }, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '(^|/)dist/' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['tidemark-source', 'import', 'node', 'default'], extensions: ['.ts', '.js', '.json', '.d.ts'], mainFields: ['module', 'main', 'types'] },
  },
};
