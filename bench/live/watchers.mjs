/** Clients of `/live`, and how long each tick took to reach each of them. */
import { once } from 'node:events';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { JWT_SECRET } from './ground.mjs';
import { startValue, STEP_DIGITS, symbolsOf, userName } from './holders.mjs';

const key = new TextEncoder().encode(JWT_SECRET);
const tokenOf = (user) => new SignJWT({ scope: '' }).setProtectedHeader({ alg: 'HS256' }).setSubject(user).setIssuedAt().setExpirationTime('12h').sign(key);
/** Opened at once; a hundred handshakes more wait in the kernel anyway. */
const TOGETHER = 50;

export class Watchers {
  /** By symbol, the watchers who hold it. */
  holders = new Map();
  sockets = [];
  latencies = [];
  pushes = 0;
  measuring = false;

  constructor(gateway) {
    this.url = `${gateway.replace('http', 'ws')}/api/v1/live`;
  }

  /** Until so many watch; waits for the first value of each. */
  async growTo(count) {
    for (let from = this.sockets.length; from < count; from += TOGETHER) {
      await Promise.all(Array.from({ length: Math.min(TOGETHER, count - from) }, (_, at) => this.open(from + at)));
    }
  }

  /** To be called as a trade goes out. */
  ticked(symbol, at) {
    for (const watcher of this.holders.get(symbol) ?? []) watcher.due.push(at);
  }

  get outstanding() {
    return this.sockets.reduce((sum, { due }) => sum + due.length, 0);
  }

  async close() {
    for (const { socket } of this.sockets) socket.terminate();
    await Promise.all(this.sockets.map(({ socket }) => (socket.readyState === WebSocket.CLOSED ? null : once(socket, 'close'))));
  }

  async open(user) {
    const socket = new WebSocket(this.url, { perMessageDeflate: false, headers: { authorization: `Bearer ${await tokenOf(userName(user))}` } });
    const watcher = { socket, due: [], base: 0 };
    const first = new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', (code) => reject(new Error(`a live socket was closed with ${code}`)));
      socket.on('message', (data) => this.hear(watcher, data, resolve));
    });
    await once(socket, 'open');
    socket.send('{"subscribe":["value"]}');
    await first;
    this.sockets.push(watcher);
    for (const symbol of symbolsOf(user)) this.holders.set(symbol, [...(this.holders.get(symbol) ?? []), watcher]);
  }

  hear(watcher, data, ready) {
    const now = performance.now();
    const text = data.toString();
    const value = /"value":"(\d+)(?:\.(\d+))?"/.exec(text);
    if (!text.startsWith('{"channel"') || !value) return;
    this.pushes += 1;
    const ticks = (Number(value[1]) - startValue) * 10 ** STEP_DIGITS + Number((value[2] ?? '').padEnd(STEP_DIGITS, '0'));
    // The value that it begins with has the ticks from before it watched.
    if (watcher.seen === undefined) {
      watcher.seen = ticks;
      return ready();
    }
    const brought = watcher.due.splice(0, ticks - watcher.seen);
    watcher.seen = ticks;
    if (this.measuring) for (const at of brought) this.latencies.push(now - at);
  }
}
