// The configuration as the API has it: a document in YAML, with the ETag of what was seen.
import { Refusal, Silence } from '../shared/call';

const path = '/v1/config';

async function ask(init: RequestInit): Promise<Response> {
  let response;
  try {
    response = await fetch(path, { cache: 'no-store', ...init });
  } catch {
    throw new Silence('The server does not answer. Try again.');
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; errors?: { path: string; message: string }[] };
  const detail = (body.errors ?? []).map((e) => (e.path ? `${e.path}: ${e.message}` : e.message)).join(' · ') || (body.detail ?? response.statusText);
  throw new Refusal(response.status, body.code ?? '', detail);
}

// take reads the document that is in force.
export async function take(): Promise<{ source: string; etag: string }> {
  const response = await ask({ headers: { Accept: 'application/yaml' } });
  return { source: await response.text(), etag: response.headers.get('ETag') ?? '' };
}

// put replaces the one that was seen, and returns the new one's ETag.
export async function put(source: string, seen: string): Promise<string> {
  const response = await ask({ method: 'PUT', headers: { 'Content-Type': 'application/yaml', 'If-Match': seen }, body: source });
  return response.headers.get('ETag') ?? '';
}

export interface Change {
  added: boolean;
  line: number;
  text: string;
}

// changes lists the lines that differ, taken from between the first and the last that do.
export function changes(was: string, is: string): Change[] {
  const [a, b] = [was.split('\n'), is.split('\n')];
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  let back = 0;
  while (back < a.length - from && back < b.length - from && a[a.length - 1 - back] === b[b.length - 1 - back]) back++;
  return [
    ...a.slice(from, a.length - back).map((text, i) => ({ added: false, line: from + i + 1, text })),
    ...b.slice(from, b.length - back).map((text, i) => ({ added: true, line: from + i + 1, text })),
  ];
}
