// My queues: how many wait in each, and for how long. It is asked for every few seconds while somebody can see it, and soon after
// something has come or gone; a text that is offered comes by the stream, and waits for none of this.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { read } from '../shared/call';
import { passed } from '../shared/clock';
import { clock } from '../shared/format';
import type { List, QueueLine } from '../shared/contract';
import { line } from '../shared/stream';
import { conversations, offers } from './state';

const rhythm = 10_000; // ms
const soon = 2_100; // ms, a little longer than the server's own look at the lines is good for

const lines = signal<QueueLine[]>([]);

async function look(): Promise<void> {
  if (document.hidden || line.value.state !== 'live') return;
  try {
    lines.value = (await read<List<QueueLine>>('/v1/desk/queues')).items;
  } catch {
    // shown as it was; the chip says when nothing is heard
  }
}

export function Lines() {
  const live = line.value.state === 'live';
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), rhythm);
    const again = () => void look();
    document.addEventListener('visibilitychange', again);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [live]);
  const holds = [...offers.value.map((o) => o.id), ...conversations.value.map((c) => c.id)].join();
  useEffect(() => {
    const timer = setTimeout(() => void look(), soon);
    return () => clearTimeout(timer);
  }, [holds]);
  if (!lines.value.length) return null;
  return (
    <section class="lines" aria-labelledby="lines">
      <h2 id="lines">My queues</h2>
      <ul>
        {lines.value.map((l) => (
          <li key={l.id} class={l.waiting ? 'some' : ''}>
            <span>{l.name}</span>
            <b>{l.waiting ? `${l.waiting} waiting` : 'nobody waits'}</b>
            {l.waiting_since && <span class="when">{clock(passed(l.waiting_since))}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
