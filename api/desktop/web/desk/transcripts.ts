// The transcripts of the conversations on the desk, each fetched once it is looked at and kept whole by the stream. What cannot
// be trusted any more, after a break or a gap, is fetched again.
import { signal, type Signal } from '@preact/signals';
import { readAll } from '../shared/call';
import type { Message } from '../shared/contract';

export interface Transcript {
  messages: Message[];
  state: 'loading' | 'whole' | 'stale' | 'failed';
}

const all = new Map<string, Signal<Transcript>>();

// transcriptOf is a conversation's transcript; looking at it fetches it.
export function transcriptOf(id: string): Signal<Transcript> {
  let known = all.get(id);
  if (!known) {
    known = signal<Transcript>({ messages: [], state: 'loading' });
    all.set(id, known);
    void fetchWhole(id, known);
  }
  return known;
}

// refresh fetches a transcript again that cannot be trusted, when it is looked at.
export function refresh(id: string): void {
  const known = all.get(id);
  if (known && (known.peek().state === 'stale' || known.peek().state === 'failed')) void fetchWhole(id, known);
}

async function fetchWhole(id: string, into: Signal<Transcript>): Promise<void> {
  into.value = { ...into.peek(), state: 'loading' };
  try {
    const fetched = await readAll<Message>(`/v1/conversations/${id}/transcript`);
    const heard = into.peek().messages.filter((m) => m.seq > fetched.length);
    into.value = merged(fetched, heard);
  } catch {
    into.value = { ...into.peek(), state: 'failed' };
  }
}

// merged adds messages that were heard to those that were fetched; a gap shows that something was missed.
function merged(messages: Message[], heard: Message[]): Transcript {
  const next = [...messages];
  let whole = true;
  for (const m of heard.toSorted((a, b) => a.seq - b.seq)) {
    if (m.seq <= next.length) next[m.seq - 1] = m;
    else if (m.seq === next.length + 1) next.push(m);
    else whole = false;
  }
  return { messages: next, state: whole ? 'whole' : 'stale' };
}

const ranks = { queued: 0, unknown: 1, sent: 2, delivered: 3, failed: 3 };
const rank = (m: Message | undefined): number => (m?.state ? ranks[m.state] : -1);

// addMessage takes in a message that was heard: a new one, or a known one that has moved on. A receipt only moves forward.
export function addMessage(message: Message): void {
  const known = all.get(message.conversation);
  if (!known) return;
  const { messages, state } = known.peek();
  if (state === 'loading') {
    known.value = { messages: [...messages.filter((m) => m.seq !== message.seq), message].toSorted((a, b) => a.seq - b.seq), state };
    return;
  }
  const was = messages.find((m) => m.seq === message.seq);
  if (was && rank(was) > rank(message)) return;
  const next = merged(messages, [message]);
  known.value = state === 'whole' ? next : { ...next, state };
  if (next.state === 'stale') void fetchWhole(message.conversation, known);
}

// distrust marks all transcripts as perhaps not up to date, after a break; those that are looked at are fetched again.
export function distrust(): void {
  for (const [, known] of all) if (known.peek().state === 'whole') known.value = { ...known.peek(), state: 'stale' };
}

export function dropTranscript(id: string): void {
  all.delete(id);
}
