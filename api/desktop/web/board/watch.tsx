// What is looked at more closely: the line of a queue with the reasons of each wait, the conversations of an agent, and one
// conversation that is read along and, where needed, taken in hand.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { passed } from '../shared/clock';
import { clock, number, timeOf } from '../shared/format';
import { Cross, Note, Person, Send } from '../shared/icons';
import { holder } from '../shared/session';
import type { Conversation, Message, Standing } from '../shared/contract';
import { ask, busy, choose, chosen, conversation, floor, messages, nameOf, of, queueName, waiting, watch, watched } from './floor';

export function Closer() {
  const at = chosen.value;
  return (
    <section class="card closer" aria-label="Details">
      {at ? (
        <header>
          <h2>{'queue' in at ? queueName(at.queue) : nameOf(at.agent)}</h2>
          <button type="button" class="plain" aria-label="Close the details" onClick={() => (choose(null), watch(''))}>
            <Cross />
          </button>
        </header>
      ) : (
        <h2>Details</h2>
      )}
      {!at && <p class="none">Choose a queue or an agent. Conversations are read along from here.</p>}
      {at && 'queue' in at && <Line />}
      {at && <Chats all={of(at)} />}
      {watched.value && conversation.value && <Watched key={conversation.value.id} c={conversation.value} />}
    </section>
  );
}

function Line() {
  return (
    <>
      <h3>Waiting {waiting.value.length > 0 && waiting.value.length}</h3>
      {waiting.value.length === 0 && <p class="none">Nobody waits.</p>}
      <ol class="line-up">
        {waiting.value.map(({ conversation: c, waiting_for: why }) => (
          <li key={c.id} data-shown={watched.value === c.id}>
            <button type="button" class="name" aria-pressed={watched.value === c.id} onClick={() => watch(c.id)}>
              {c.customer?.name ?? number(c.customer_number)}
            </button>
            <b>{c.waiting_since ? clock(passed(c.waiting_since)) : ''}</b>
            <q>{c.last_message?.text}</q>
            <ul>
              {why.map((w) => (
                <li key={w.detail}>{w.detail}</li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </>
  );
}

const states: Record<string, string> = { offered: 'Rings', active: 'Active', parked: 'Parked', post_processing: 'Post-processing', queued: 'Waits' };

function Chats({ all }: { all: Standing[] }) {
  return (
    <>
      <h3>Conversations {all.length > 0 && all.length}</h3>
      {all.length === 0 && <p class="none">None open.</p>}
      <ul class="line-up">
        {all.map((c) => (
          <li key={c.id} data-shown={watched.value === c.id}>
            <button type="button" class="name" aria-pressed={watched.value === c.id} onClick={() => watch(c.id)}>
              {number(c.customer_number)}
            </button>
            <b>{c.unanswered_since && c.state === 'active' ? `unanswered ${clock(passed(c.unanswered_since))}` : ''}</b>
            <small>
              {states[c.state]} · {queueName(c.queue)}
              {c.agent && ` · ${c.taken_over ? 'taken over' : nameOf(c.agent)}`}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

function authorOf(m: Message, c: Conversation): string {
  if (m.direction === 'inbound') return c.customer?.name ?? number(c.customer_number);
  if (m.kind === 'auto') return 'Automatic reply';
  const author = m.agent === holder.value?.agent ? 'You' : nameOf(m.agent);
  if (m.whisper) return `${author}, whispered`;
  return m.kind === 'note' ? `Note by ${author}` : author;
}

const receipts: Record<string, string> = { queued: 'Queued', sent: 'Sent', delivered: 'Delivered', failed: 'Not delivered', unknown: 'Not known' };

function Watched({ c }: { c: Conversation }) {
  const log = useRef<HTMLDivElement>(null);
  const last = messages.value.at(-1)?.seq;
  useLayoutEffect(() => {
    log.current!.scrollTop = log.current!.scrollHeight;
  }, [last]);
  const name = c.customer?.name ?? number(c.customer_number);
  const mine = c.taken_over && c.agent === holder.value?.agent;
  const waits = c.state === 'queued' || c.state === 'offered';
  const path = `/v1/conversations/${c.id}`;
  return (
    <div class="watched">
      <h3>
        {name}{' '}
        <small>
          {states[c.state] ?? 'Ended'} · {queueName(c.queue)}
          {c.agent && ` · ${mine ? 'with you' : nameOf(c.agent)}`}
        </small>
      </h3>
      <div class="log" role="log" aria-label={`Conversation with ${name}`} tabIndex={0} ref={log}>
        {messages.value.map((m) => (
          <article key={m.seq} class={`entry ${m.kind === 'note' ? 'note' : m.direction}`}>
            <small>
              <b>{authorOf(m, c)}</b> {timeOf(m.at)} {m.state && receipts[m.state]}
            </small>
            <p>{m.text}</p>
          </article>
        ))}
      </div>
      {c.state !== 'ended' && (
        <>
          {mine ? <Say c={c} whisper={false} /> : !waits && <Say c={c} whisper />}
          <div class="deeds">
            {!mine && c.state !== 'post_processing' && (
              <button type="button" disabled={busy.value} onClick={() => void ask('POST', `${path}/take_over`, {}, 'You have the conversation.')}>
                <Person size={16} /> Take over
              </button>
            )}
            {!waits && (
              <button type="button" disabled={busy.value} onClick={() => void ask('POST', `${path}/release`, {}, 'Released.')}>
                Release
              </button>
            )}
            {(c.state === 'active' || c.state === 'parked') && (
              <button type="button" disabled={busy.value} onClick={() => void ask('POST', `${path}/end`, {}, 'Ended.')}>
                <Cross size={16} /> End
              </button>
            )}
          </div>
          <Lead c={c} />
        </>
      )}
    </div>
  );
}

// Say writes to the agent alone or, where the conversation was taken over, to the customer.
function Say({ c, whisper }: { c: Conversation; whisper: boolean }) {
  const [text, setText] = useState('');
  return (
    <form
      class="say"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) void ask('POST', `/v1/conversations/${c.id}/${whisper ? 'whisper' : 'messages'}`, { text }).then((done) => done && setText(''));
      }}
    >
      <label>
        {whisper ? `Whisper to ${nameOf(c.agent)}` : 'Reply to the customer'}
        <textarea rows={2} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <button class="primary" disabled={busy.value || !text.trim()}>
        {whisper ? <Note size={16} /> : <Send size={16} />} {whisper ? 'Whisper' : 'Send'}
      </button>
    </form>
  );
}

// Lead gives the conversation to an agent or a queue, or another priority in its line.
function Lead({ c }: { c: Conversation }) {
  const f = floor.value!;
  const path = `/v1/conversations/${c.id}`;
  function assign(event: SubmitEvent) {
    event.preventDefault();
    const to = String(new FormData(event.target as HTMLFormElement).get('to'));
    if (!to) return;
    void ask('POST', `${path}/assign`, to.startsWith('q ') ? { queue: to.slice(2) } : { agent: to.slice(2) }, 'On its way.');
  }
  return (
    <form class="lead" onSubmit={assign}>
      <label>
        Assign to
        <select name="to">
          <option value="">Choose…</option>
          <optgroup label="Agents">
            {f.agents
              .filter((a) => a.id !== c.agent)
              .map((a) => (
                <option key={a.id} value={`a ${a.id}`}>
                  {a.name}, {a.load} of {a.capacity}
                </option>
              ))}
          </optgroup>
          <optgroup label="Queues">
            {f.queues.map((q) => (
              <option key={q.id} value={`q ${q.id}`}>
                {q.name || q.id}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <button disabled={busy.value}>Assign</button>
      <label>
        Priority
        <select value={c.priority} onChange={(event) => void ask('POST', `${path}/priority`, { priority: Number(event.currentTarget.value) }, 'Priority changed.')}>
          {Array.from({ length: 11 }, (_, n) => (
            <option key={n} value={n} selected={n === c.priority}>
              {n}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}
