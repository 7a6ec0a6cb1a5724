export { projectionsMigration } from './schema.migration.js';
export type { Projection, Reactor } from './projection.js';
export { startProjections, startReactors } from './start.js';
export type { Running, WorkOptions } from './start.js';
export { waitForPositions } from './wait-for-positions.js';
export { discardParked, listParked, parkedKeys, retryParked } from './parking.js';
export type { Parked } from './parking.js';
export { eraseFrom, erasuresOf, lockForAdding, markErased, notErased } from './erasure.js';
export type { Erasure } from './erasure.js';
