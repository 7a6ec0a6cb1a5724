/** What is opened, closed in the opposite order, also where the start fails half way. */
export class Opened {
  private readonly closers: (() => Promise<unknown>)[] = [];

  add<T>(thing: T, close: (thing: T) => Promise<unknown>): T {
    this.closers.push(() => close(thing));
    return thing;
  }

  async close(): Promise<void> {
    for (const one of this.closers.splice(0).reverse()) await one();
  }
}
