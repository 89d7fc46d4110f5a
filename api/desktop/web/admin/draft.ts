// The draft: the document with the changes that are not in force yet. Every sheet reads it and changes it; it is put in force as a
// whole, on what was seen. What somebody else has changed meanwhile is not overwritten: the same edits are made in theirs, if wanted.
import { computed, signal } from '@preact/signals';
import { Refusal, wordsOf, type Problem } from '../shared/call';
import { tell } from '../shared/notices';
import { edited, plan, put, take, type Edit, type Member, type Plan, type Tenant } from './config';

interface Draft {
  was: string; // the document in force, as it was seen
  etag: string;
  source: string;
  tenant: Tenant | null; // what the source means; null: it cannot be read
  plan: Plan | null; // null: it is not valid, see problems
  problems: Problem[];
  edits: Edit[] | null; // that led from was to source; null: the text was written by hand
}

const none: Draft = { was: '', etag: '', source: '', tenant: null, plan: null, problems: [], edits: [] };

export const draft = signal<Draft>(none);
export const working = signal(false);

// late says that somebody else has changed the configuration meanwhile.
export const late = signal(false);

export const dirty = computed(() => draft.value.source !== draft.value.was);

// membersOf are those of one of the document's lists.
export function membersOf(list: string): Member[] {
  const value = draft.value.tenant?.[list];
  if (!Array.isArray(value)) return [];
  return value.map((m) => (typeof m === 'string' ? { id: m } : (m as Member)));
}

// problemsOf are an error's, for who reads or for who fills in a form.
function problemsOf(error: unknown): Problem[] {
  if (error instanceof Refusal && error.problems.length) return error.problems;
  return [{ path: '', message: wordsOf(error) }];
}

async function judge(source: string): Promise<Pick<Draft, 'plan' | 'problems'>> {
  try {
    return { plan: await plan(source), problems: [] };
  } catch (error) {
    return { plan: null, problems: problemsOf(error) };
  }
}

async function work<T>(deed: () => Promise<T>): Promise<T> {
  working.value = true;
  try {
    return await deed();
  } finally {
    working.value = false;
  }
}

let whose = '';

// begin is for whoever signs in: the same person finds the draft again, another one begins anew.
export function begin(who: string): void {
  if (who === whose) return;
  whose = who;
  draft.value = none;
  void load();
}

// load takes what is in force, and forgets the changes.
export function load(): Promise<void> {
  return work(async () => {
    try {
      const { source, etag } = await take();
      const { tenant } = await edited(source, []);
      draft.value = { ...none, was: source, source, etag, tenant, ...(await judge(source)) };
      late.value = false;
    } catch (error) {
      tell(wordsOf(error), true);
    }
  });
}

// change makes edits, unless the document would not be valid then: the problems are returned, and nothing is changed.
export function change(...edits: Edit[]): Promise<Problem[]> {
  return work(async () => {
    try {
      const now = draft.value;
      const { source, tenant } = await edited(now.source, edits);
      const { plan: planned, problems } = await judge(source);
      if (!planned) return problems;
      draft.value = { ...now, source, tenant, plan: planned, problems: [], edits: now.edits && [...now.edits, ...edits] };
      return [];
    } catch (error) {
      return problemsOf(error);
    }
  });
}

const pause = 300; // ms without a key, before the server is asked
let timer = 0;

// write is the text written by hand. It may be wrong for a while; until it is judged it cannot be put in force.
export function write(source: string): void {
  draft.value = { ...draft.value, source, edits: null, plan: null, problems: [] };
  clearTimeout(timer);
  timer = window.setTimeout(() => void understand(source), pause);
}

async function understand(source: string): Promise<void> {
  let tenant: Tenant | null = null;
  let verdict: Pick<Draft, 'plan' | 'problems'>;
  try {
    ({ tenant } = await edited(source, []));
    verdict = await judge(source);
  } catch (error) {
    verdict = { plan: null, problems: problemsOf(error) };
  }
  if (draft.value.source === source) draft.value = { ...draft.value, tenant, ...verdict };
}

// apply puts the draft in force.
export function apply(): Promise<void> {
  return work(async () => {
    const { source, etag } = draft.value;
    try {
      const now = await put(source, etag);
      draft.value = { ...draft.value, was: source, etag: now, edits: [], ...(await judge(source)) };
      tell('The configuration is in force.');
    } catch (error) {
      if (error instanceof Refusal && error.status === 412) late.value = true;
      else draft.value = { ...draft.value, problems: problemsOf(error) };
    }
  });
}

// redo makes the same edits in what somebody else has put in force.
export function redo(): Promise<void> {
  return work(async () => {
    const edits = draft.value.edits ?? [];
    try {
      const theirs = await take();
      const { source, tenant } = await edited(theirs.source, edits);
      draft.value = { was: theirs.source, etag: theirs.etag, source, tenant, edits, ...(await judge(source)) };
      late.value = false;
    } catch (error) {
      tell(wordsOf(error), true);
    }
  });
}
