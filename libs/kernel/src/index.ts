export { ok, refuse } from './result.js';
export type { Ok, Refused, Result } from './result.js';
export { assert, BrokenInvariant, unreachable } from './assert.js';
export { accountIdOf, isUuid, NAMESPACE, uuidV5, uuidV7 } from './ids.js';
export type { NewId, RandomBytes } from './ids.js';
export { instant } from './clock.js';
export type { Clock } from './clock.js';
export { canonicalJson } from './canonical-json.js';
