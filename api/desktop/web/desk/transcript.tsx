// A conversation's texts, notes and what happened, oldest first.
import { Fragment, type VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { dayOf, timeOf } from '../shared/format';
import { Clock, Note, Tick, Ticks, Warning } from '../shared/icons';
import type { Conversation, Message } from '../shared/contract';
import { markRead } from './actions';
import { write } from './drafts';
import { agent, choices } from './state';
import { refresh, transcriptOf } from './transcripts';

// near is how close to the end, in pixels, counts as reading along.
const near = 60;

export function Transcript({ id, name, read }: { id: string; name: string; read?: Conversation }) {
  const { messages, state } = transcriptOf(id).value;
  const log = useRef<HTMLDivElement>(null);
  const along = useRef(true);
  const seen = useSeen();
  const last = messages.at(-1)?.seq ?? 0;
  const [fresh, setFresh] = useState(false);

  useEffect(() => refresh(id), [id, state]);

  useLayoutEffect(() => {
    const box = log.current!;
    if (along.current) box.scrollTop = box.scrollHeight;
    else setFresh(true);
  }, [last]);

  useEffect(() => {
    if (read && read.unread > 0 && last > 0 && seen && state === 'whole') void markRead(read, last);
  }, [read?.unread, last, seen, state]);

  function onScroll() {
    const box = log.current!;
    along.current = box.scrollHeight - box.scrollTop - box.clientHeight < near;
    if (along.current) setFresh(false);
  }

  return (
    <div class="log-frame">
      <div class="log" role="log" aria-label={`Conversation with ${name}`} tabIndex={0} ref={log} onScroll={onScroll} aria-busy={state === 'loading'}>
        {state === 'failed' && (
          <p class="trouble">
            The transcript could not be fetched.{' '}
            <button type="button" onClick={() => refresh(id)}>
              Try again
            </button>
          </p>
        )}
        {messages.map((m, i) => drawn(m, i > 0 ? messages[i - 1] : undefined, name))}
      </div>
      {fresh && (
        <button
          type="button"
          class="to-end"
          onClick={() => {
            log.current!.scrollTop = log.current!.scrollHeight;
          }}
        >
          New texts below
        </button>
      )}
    </div>
  );
}

interface Drawn {
  name: string;
  day: string;
  begins: boolean; // a day
  entry: VNode;
}

const drawings = new WeakMap<Message, Drawn>();

// drawn is a message as it is shown. What has not changed is not drawn again, however long the transcript is.
function drawn(m: Message, before: Message | undefined, name: string): VNode {
  const known = drawings.get(m);
  const day = known?.day ?? dayOf(m.at);
  const begins = !before || (drawings.get(before)?.day ?? dayOf(before.at)) !== day;
  if (known && known.begins === begins && known.name === name) return known.entry;
  const entry = (
    <Fragment key={m.seq}>
      {begins && <p class="day">{day}</p>}
      <Entry m={m} name={name} />
    </Fragment>
  );
  drawings.set(m, { name, day, begins, entry });
  return entry;
}

// useSeen says whether somebody can see the page now.
function useSeen(): boolean {
  const look = () => !document.hidden && document.hasFocus();
  const [seen, setSeen] = useState(look);
  useEffect(() => {
    const again = () => setSeen(look());
    const events: [EventTarget, string][] = [
      [document, 'visibilitychange'],
      [window, 'focus'],
      [window, 'blur'],
    ];
    for (const [target, event] of events) target.addEventListener(event, again);
    return () => {
      for (const [target, event] of events) target.removeEventListener(event, again);
    };
  }, []);
  return seen;
}

const states = {
  queued: { words: 'Queued', icon: <Clock /> },
  sent: { words: 'Sent', icon: <Tick /> },
  delivered: { words: 'Delivered', icon: <Ticks /> },
  failed: { words: 'Not delivered', icon: <Warning size={14} /> },
  unknown: { words: 'Not known yet whether it was sent', icon: <Clock /> },
};

function authorOf(m: Message, name: string): string {
  if (m.direction === 'inbound') return name;
  if (m.kind === 'auto') return 'Automatic reply';
  if (m.agent === agent.value?.id) return 'You';
  return choices.value.colleagues.find((c) => c.id === m.agent)?.name ?? m.agent ?? 'Switchyard';
}

function noteOf(m: Message, name: string): string {
  if (m.whisper) return `${authorOf(m, name)} to you alone`;
  return m.agent === agent.value?.id ? 'Your note' : `Note by ${authorOf(m, name)}`;
}

export function Entry({ m, name, past }: { m: Message; name: string; past?: boolean }) {
  if (m.kind === 'system') return <p class="happened">{`${m.text} · ${timeOf(m.at)}`}</p>;
  const state = m.state && states[m.state];
  const side = m.kind === 'note' ? 'note' : m.direction;
  return (
    <article class={`entry ${side} ${m.kind} ${m.state ?? ''}`}>
      <header>
        {m.kind === 'note' && <Note size={14} />}
        <b>{m.kind === 'note' ? noteOf(m, name) : authorOf(m, name)}</b>
        <time dateTime={m.at}>{timeOf(m.at)}</time>
      </header>
      <p>{m.text}</p>
      {state && (
        <footer>
          {state.icon}
          <span>
            {state.words}
            {m.failure && `: ${m.failure.detail || m.failure.class}`}
          </span>
          {m.state === 'failed' && m.kind === 'sms' && !past && (
            <button type="button" onClick={() => write(m.conversation, { text: m.text, note: false })}>
              Write again
            </button>
          )}
        </footer>
      )}
    </article>
  );
}
