export { runDemo } from './demo/report.js';
export type { RunDemoOptions } from './demo/report.js';
export { runFlow } from './demo/run-demo.js';
export type { DemoResult } from './demo/run-demo.js';
