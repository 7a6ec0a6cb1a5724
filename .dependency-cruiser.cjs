/** Dependencies point down; no circles, types included. Tools helper extends this file. */
module.exports = {
  forbidden: [{ name: 'no-circles', severity: 'error', from: {}, to: { circular: true } }],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, exclude: { path: 'dist/|node_modules/' } },
};
