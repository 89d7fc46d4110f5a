// The configuration as the API has it: a document in YAML with the ETag of what was seen, what it means, and what it would change.
import { once, Refusal, Silence, expireIf, type Problem } from '../shared/call';

const path = '/v1/config';

export type Value = string | number | boolean | null | undefined | Value[] | { [name: string]: Value };
export type Member = { [name: string]: Value };
export type Tenant = { [list: string]: Value };

export interface Change {
  path: string;
  change: 'added' | 'removed' | 'changed' | 'reordered';
  was?: Value;
  is?: Value;
}

export interface Plan {
  changes: Change[];
  warnings: Problem[];
}

// Edit replaces, adds or (with null) takes out a member of a list, or a field of the document itself.
export type Edit = { list: string; id: string; value: Value; password?: string } | { field: string; value: Value };

async function ask(at: string, init: RequestInit): Promise<Response> {
  let response;
  try {
    response = await fetch(at, { cache: 'no-store', ...init });
  } catch {
    throw new Silence('The server does not answer. Try again.');
  }
  if (response.ok) return response;
  expireIf(response);
  const body = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; errors?: Problem[] };
  throw new Refusal(response.status, body.code ?? '', body.detail ?? response.statusText, [], body.errors ?? []);
}

// take reads the document that is in force.
export async function take(): Promise<{ source: string; etag: string }> {
  const response = await ask(path, { headers: { Accept: 'application/yaml' } });
  return { source: await response.text(), etag: response.headers.get('ETag') ?? '' };
}

// put replaces the one that was seen, and returns the new one's ETag.
export async function put(source: string, seen: string): Promise<string> {
  const response = await ask(path, { method: 'PUT', headers: { 'Content-Type': 'application/yaml', 'If-Match': seen }, body: source });
  return response.headers.get('ETag') ?? '';
}

// plan says what putting it would change.
export async function plan(source: string): Promise<Plan> {
  const response = await ask(`${path}/plan`, { method: 'POST', headers: { 'Content-Type': 'application/yaml' }, body: source });
  return (await response.json()) as Plan;
}

// edited is the document after edits, as text and as what it means.
export function edited(source: string, edits: Edit[]): Promise<{ source: string; tenant: Tenant }> {
  return once('POST', `${path}/edit`, { source, edits });
}
