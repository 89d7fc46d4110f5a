// What the wallboard shows: the floor as the server tells it, and one conversation that is read along.
import { computed, signal } from '@preact/signals';
import { command, read, readAll, wordsOf } from '../shared/call';
import { passed } from '../shared/clock';
import { tell } from '../shared/notices';
import { expire } from '../shared/session';
import { close, open } from '../shared/stream';
import type { Conversation, Floor, Message, Standing, Waiting } from '../shared/contract';

export const floor = signal<Floor | null>(null);

// chosen is what is looked at more closely.
export type Chosen = { queue: string } | { agent: string } | null;
export const chosen = signal<Chosen>(null);
// watched is the conversation that is read along.
export const watched = signal('');
export const conversation = signal<Conversation | null>(null);
export const messages = signal<Message[]>([]);
export const waiting = signal<Waiting[]>([]);
export const busy = signal(false);

export const nameOf = (id: string | undefined): string => floor.value?.agents.find((a) => a.id === id)?.name ?? id ?? '';
export const queueName = (id: string): string => floor.value?.queues.find((q) => q.id === id)?.name || id;

// totals are those of the whole floor.
export const totals = computed(() => {
  const f = floor.value;
  if (!f) return null;
  const line = f.conversations.filter((c) => c.waiting_since);
  const [answered, ended] = f.queues.reduce((sum, q) => [sum[0] + q.service_level.answered_within, sum[1] + q.service_level.ended], [0, 0]);
  return {
    waiting: line.length,
    oldest: line.map((c) => c.waiting_since!).toSorted()[0],
    level: ended ? Math.round((100 * answered) / ended) : null,
    active: f.conversations.filter((c) => c.state === 'active').length,
    staffed: f.agents.filter((a) => a.view === 'available' || a.view === 'busy' || a.view === 'post_processing').length,
    free: f.agents.filter((a) => a.status === 'available').reduce((sum, a) => sum + Math.max(0, a.capacity - a.load), 0),
  };
});

// of lists the open conversations of what is chosen.
export function of(c: Chosen): Standing[] {
  const all = floor.value?.conversations ?? [];
  if (!c) return [];
  if ('agent' in c) return all.filter((s) => s.agent === c.agent);
  return all.filter((s) => s.queue === c.queue && !s.waiting_since);
}

export const oldestIn = (queue: string): number | null => {
  const since = floor.value?.conversations
    .filter((c) => c.waits_in === queue && c.waiting_since)
    .map((c) => c.waiting_since!)
    .toSorted()[0];
  return since ? passed(since) : null;
};

export function begin(): void {
  open('/v1/wallboard/events', '', {
    event: (name, data) => {
      if (name === 'floor') take(data as unknown as Floor);
    },
    reset: begin,
    signedOut: expire,
  });
}

export function end(): void {
  close();
  floor.value = null;
}

function take(next: Floor): void {
  const before = floor.value?.conversations.find((c) => c.id === watched.value)?.rev;
  floor.value = next;
  void refreshLine();
  const now = next.conversations.find((c) => c.id === watched.value)?.rev;
  if (watched.value && now !== before) void refreshWatched();
}

export function choose(next: Chosen): void {
  chosen.value = next;
  waiting.value = [];
  void refreshLine();
}

async function refreshLine(): Promise<void> {
  const at = chosen.value;
  if (!at || !('queue' in at)) return;
  try {
    const line = await readAll<Waiting>(`/v1/queues/${at.queue}/waiting`);
    if (chosen.value === at) waiting.value = line;
  } catch {
    // the next change asks again
  }
}

export function watch(id: string): void {
  watched.value = id;
  conversation.value = null;
  messages.value = [];
  if (id) void refreshWatched();
}

export async function refreshWatched(): Promise<void> {
  const id = watched.value;
  try {
    const [c, transcript] = await Promise.all([
      read<Conversation>(`/v1/conversations/${id}`),
      readAll<Message>(`/v1/conversations/${id}/transcript`),
    ]);
    if (watched.value !== id) return;
    conversation.value = c;
    messages.value = transcript;
  } catch (error) {
    tell(wordsOf(error), true);
  }
}

// ask has the server do something, and shows it when it is done. It says whether it was.
export async function ask(method: 'POST' | 'PUT', path: string, body: unknown, done = ''): Promise<boolean> {
  busy.value = true;
  try {
    await command(method, path, body);
    if (done) tell(done);
    if (watched.value) await refreshWatched();
    void refreshLine();
    return true;
  } catch (error) {
    tell(wordsOf(error), true);
    return false;
  } finally {
    busy.value = false;
  }
}
