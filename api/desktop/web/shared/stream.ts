// The one stream of events. It is opened after a cursor, watched by its pings, and opened again from what was heard last; the
// server tells everything that was missed, or "reset".
import { signal } from '@preact/signals';
import { once, Refusal } from './call';
import { heard, whenJumped } from './clock';
import type { StreamEvent } from './contract';

// Line is how the connection stands. Superseded: the agent works at another desktop.
export type Line = { state: 'opening' | 'live' | 'superseded' | 'closed' } | { state: 'lost'; since: number };

export const line = signal<Line>({ state: 'closed' });

const names = [
  'offer.made',
  'offer.ended',
  'conversation.updated',
  'message.added',
  'message.updated',
  'agent.updated',
  'notice',
  'floor',
] as const;
export type EventName = (typeof names)[number];

export interface Listener {
  event(name: EventName, data: StreamEvent): void;
  reset(): void; // fetch everything again and open anew
  signedOut(): void;
}

const silence = 35_000; // ms without a ping until the line counts as dead
const longest = 15_000; // ms between tries

let source: EventSource | null = null;
let path = '';
let cursor = '';
let listener: Listener;
let heardAt = 0;
let tries = 0;
let timer = 0;

// open begins to listen after a cursor.
export function open(at: string, after: string, to: Listener): void {
  [path, cursor, listener, tries] = [at, after, to, 0];
  line.value = { state: 'opening' };
  connect();
}

// close ends the stream; nothing is heard any more.
export function close(): void {
  hangUp();
  line.value = { state: 'closed' };
}

function hangUp(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function connect(): void {
  hangUp();
  const mine = new EventSource(cursor ? `${path}?after=${encodeURIComponent(cursor)}` : path);
  source = mine;
  heardAt = performance.now();
  const on = (name: string, then: (data: StreamEvent) => void) =>
    mine.addEventListener(name, (event) => {
      if (source !== mine) return;
      heardAt = performance.now();
      if ((event as MessageEvent).lastEventId) cursor = (event as MessageEvent).lastEventId;
      then(JSON.parse((event as MessageEvent).data) as StreamEvent);
    });
  for (const name of names) on(name, (data) => listener.event(name, data));
  on('hello', (data) => {
    heard(data.at);
    tries = 0;
    line.value = { state: 'live' };
  });
  on('ping', (data) => heard(data.server_time ?? data.at));
  on('reset', () => {
    hangUp();
    listener.reset();
  });
  on('superseded', () => {
    hangUp();
    line.value = { state: 'superseded' };
  });
  on('logout', () => {
    close();
    listener.signedOut();
  });
  mine.onerror = () => {
    if (source === mine) void lose();
  };
}

// lose waits a little and opens the stream again. Where the server says that the session is over, that is the end of it.
async function lose(): Promise<void> {
  hangUp();
  if (line.value.state !== 'lost') line.value = { state: 'lost', since: performance.now() };
  const pause = Math.min(longest, 400 * 2 ** tries++) * (0.5 + Math.random() / 2);
  clearTimeout(timer);
  timer = window.setTimeout(connect, pause);
  if (tries < 2) return;
  try {
    await once('GET', '/v1/session');
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) {
      close();
      listener.signedOut();
    }
  }
}

// listening says that the stream is open or on its way to be.
function listening(): boolean {
  return line.value.state === 'live' || line.value.state === 'lost' || line.value.state === 'opening';
}

// again opens the stream without waiting for a time-out.
function again(): void {
  if (!listening()) return;
  if (line.value.state === 'live') line.value = { state: 'lost', since: performance.now() };
  tries = 0;
  connect();
}

whenJumped(again);
window.addEventListener('online', again);
window.addEventListener('offline', () => {
  if (line.value.state === 'live') void lose();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && performance.now() - heardAt > silence / 2) again();
});
setInterval(() => {
  if (line.value.state === 'live' && performance.now() - heardAt > silence) again();
}, 1000);
