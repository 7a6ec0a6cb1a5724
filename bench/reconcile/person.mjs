/** One user of the public API: links everything that a person of the generated world has, and asks for reconciliations. */
import { waitUntil } from '@tidemark/testing';

export class Person {
  /** @param {{ gateway: string, sandbox: string }} ground @param {number} number of the person in the world */
  constructor(ground, number) {
    this.ground = ground;
    this.number = number;
  }

  async link() {
    const { token } = await this.#send('POST', `${this.ground.gateway}/api/v1/dev/token`, { userId: `user-${this.number}` });
    this.token = token;
    const connection = await this.api('POST', '/connections', { institutionId: 'charles-schwab' });
    const proof = await this.#send('POST', `${this.ground.sandbox}/_control/links/approve`, { link: connection.link, as: { person: `p${this.number}` } });
    const { syncId } = await this.api('POST', `/connections/${connection.id}/complete`, proof);
    await waitUntil(async () => {
      const { status, error } = await this.api('GET', `/syncs/${syncId}`);
      if (status === 'failed') throw new Error(`the first sync failed: ${error?.detail}`);
      return status === 'completed';
    }, { timeoutMs: 120_000, everyMs: 250 });
  }

  api(method, path, body) {
    return this.#send(method, `${this.ground.gateway}/api/v1${path}`, body, { authorization: `Bearer ${this.token}` });
  }

  async #send(method, url, body, headers = {}) {
    const answer = await fetch(url, { method, headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : null;
  }
}

/** Does `work` for each, so many at a time. */
export async function atOnce(items, most, work) {
  const waiting = [...items];
  const one = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: most }, one));
}
