/** Thrown when something that must hold does not: a bug, never an answer to bad input. */
export class BrokenInvariant extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenInvariant';
  }
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(message);
}

/** Marks the branch that the type system says cannot be reached. */
export function unreachable(value: never, what: string): never {
  throw new BrokenInvariant(`unexpected ${what}: ${JSON.stringify(value)}`);
}
