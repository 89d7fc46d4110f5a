// Calls of the API. A command that changes something carries a key, so that asking again after a lost answer has one effect.

// Refusal is an answer that is not 2xx, as the server words it.
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly characters: string[] = [],
    readonly problems: Problem[] = [],
  ) {
    super(detail);
  }
}

// Problem is one thing that is wrong with what was sent; the path says where.
export interface Problem {
  path: string;
  message: string;
}

// Silence is no answer: what was asked for may have happened or not.
export class Silence extends Error {}

const patience = 15_000; // ms for an answer
const pauses = [300, 700, 1500, 3000]; // ms before a command is asked again

let onSignedOut = () => {};

// whenSignedOut says what to do when the session has ended.
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

// expireIf heeds an answer that says that nobody is signed in any more.
export function expireIf(response: Response): void {
  if (response.status === 401) onSignedOut();
}

// newKey makes an idempotency key. (randomUUID is not there on plain HTTP.)
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}

async function ask(method: string, path: string, body: unknown, key: string): Promise<Response> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key) headers['Idempotency-Key'] = key;
  try {
    return await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
    });
  } catch {
    throw new Silence('The server does not answer.');
  }
}

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  let body;
  try {
    body = await response.json();
  } catch {
    if (response.ok) throw new Silence('The answer was cut off.');
    body = {};
  }
  if (response.ok) return body as T;
  expireIf(response);
  if (response.status === 503 || response.status === 504) throw new Silence(body.detail ?? 'The server cannot answer now.');
  const errors = (body.errors ?? []) as Problem[];
  const detail = [body.detail ?? response.statusText, ...errors.map((e) => `${e.path}: ${e.message}`)].join(' · ');
  throw new Refusal(response.status, body.code ?? '', detail, body.characters, errors);
}

// read gets something.
export async function read<T>(path: string): Promise<T> {
  return answer<T>(await ask('GET', path, undefined, ''));
}

// readAll gets all pages of a list.
export async function readAll<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = '';
  do {
    const page: List<T> = await read(`${path}${path.includes('?') ? '&' : '?'}limit=200&cursor=${cursor}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

interface List<T> {
  items: T[];
  next_cursor: string | null;
}

// once asks a single time.
export async function once<T>(method: string, path: string, body?: unknown, key = ''): Promise<T> {
  return answer<T>(await ask(method, path, body, key));
}

// command asks for a change, again and again with one key while there is no answer, and gives up after some seconds.
export async function command<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, key = newKey()): Promise<T> {
  for (const pause of pauses) {
    try {
      return await once<T>(method, path, body, key);
    } catch (error) {
      if (!(error instanceof Silence)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
    }
  }
  return once<T>(method, path, body, key);
}

// wordsOf is an error as people read it.
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
