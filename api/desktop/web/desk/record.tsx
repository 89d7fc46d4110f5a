// The customer's record. It pops at the offer: one match is shown, of several one is chosen, of none a new one is made. While a
// chat rings, its record stands in front of the one that is worked with.
import { useEffect, useState } from 'preact/hooks';
import { read, readAll, wordsOf } from '../shared/call';
import { dateOf, number, timeOf } from '../shared/format';
import { Chevron, Person } from '../shared/icons';
import type { Case, Conversation, Customer, Message } from '../shared/contract';
import { busy, noteCustomer } from './actions';
import { Pick } from './pick';
import { changed, current, nameOf, offers, pane, queueName, ringing } from './state';
import { ToSelf } from './toself';
import { Entry } from './transcript';

export function Record() {
  const [back, setBack] = useState('');
  const incoming = ringing.value ?? offers.value.at(-1);
  const pops = incoming && incoming.id !== back;
  const c = pops ? incoming.conversation : current.value;
  const both = incoming && current.value && incoming.conversation.id !== current.value.id;
  return (
    <>
      <button type="button" class="to-talk" onClick={() => (pane.value = 'talk')}>
        <Chevron /> Back to the chat
      </button>
      {both && (
        <div class="pops" role="group" aria-label="Whose record">
          <button type="button" class="rings" aria-pressed={Boolean(pops)} onClick={() => setBack('')}>
            {nameOf(incoming.conversation, incoming.customer_matches)}
            <small>Incoming</small>
          </button>
          <button type="button" aria-pressed={!pops} onClick={() => setBack(incoming.id)}>
            {nameOf(current.value!)}
            <small>Current</small>
          </button>
        </div>
      )}
      {c ? (
        <Of key={c.id} c={c} matches={pops ? incoming.customer_matches : undefined} />
      ) : (
        <div class="idle">
          <Person size={40} />
          <h2 id="record-title" tabIndex={-1}>
            Customer
          </h2>
          <p>The record shows up here as soon as a chat is offered.</p>
          <ToSelf />
        </div>
      )}
    </>
  );
}

function Of({ c, matches }: { c: Conversation; matches: Customer[] | undefined }) {
  const [other, setOther] = useState(false);
  useEffect(() => setOther(false), [c.customer?.id]);
  if (!c.customer || other) return <Pick c={c} matches={matches} keep={c.customer && (() => setOther(false))} />;
  return <Customer id={c.customer.id} shown={c.customer} c={c} another={() => setOther(true)} />;
}

interface Shown {
  id: string;
  shown: Customer;
  c: Conversation;
  another: () => void;
}

function Customer({ id, shown, c, another }: Shown) {
  const [customer, setCustomer] = useState(shown);
  const [cases, setCases] = useState<Case[] | null>(null);
  const [past, setPast] = useState<Conversation[] | null>(null);
  const [trouble, setTrouble] = useState('');
  const version = changed.value;

  useEffect(() => {
    let stopped = false;
    Promise.all([
      read<Customer>(`/v1/customers/${id}`),
      readAll<Case>(`/v1/customers/${id}/cases`),
      readAll<Conversation>(`/v1/customers/${id}/conversations`),
    ]).then(
      ([record, itsCases, conversations]) => {
        if (stopped) return;
        setCustomer(record);
        setCases(itsCases.toReversed());
        setPast(conversations.filter((p) => p.id !== c.id).toSorted((a, b) => b.created_at.localeCompare(a.created_at)));
        setTrouble('');
      },
      (error) => !stopped && setTrouble(wordsOf(error)),
    );
    return () => {
      stopped = true;
    };
  }, [id, version]);

  const open = cases?.filter((k) => k.status === 'open') ?? [];
  const closed = cases?.filter((k) => k.status === 'closed') ?? [];
  return (
    <div class="customer">
      <header>
        <h2 id="record-title" tabIndex={-1}>
          {customer.name}
        </h2>
        <button type="button" class="plain" disabled={busy.value.has(`attach ${c.id}`)} onClick={another}>
          Other customer…
        </button>
      </header>
      <p class="numbers">{customer.numbers.map(number).join(' · ')}</p>
      <ul class="tags" aria-label="Attributes">
        {Object.entries(customer.attributes).map(([name, value]) => (
          <li key={name} class={`tag ${value.toUpperCase() === 'VIP' ? 'vip' : ''}`}>
            <span>{name}</span> {value}
          </li>
        ))}
      </ul>
      <p class="trouble" role="alert">
        {trouble}
      </p>
      <h3>
        Open cases <span class="n">{cases ? open.length : '…'}</span>
      </h3>
      {cases && !open.length && <p class="none">None</p>}
      {open.map((k) => (
        <CaseEntry key={k.id} k={k} here={k.conversations.includes(c.id)} />
      ))}
      {closed.length > 0 && <h3>Closed cases</h3>}
      {closed.map((k) => (
        <CaseEntry key={k.id} k={k} here={false} />
      ))}
      <h3>
        Past conversations <span class="n">{past ? past.length : '…'}</span>
      </h3>
      {past && !past.length && <p class="none">This is the first</p>}
      {past?.map((p) => (
        <Past key={p.id} p={p} name={customer.name} />
      ))}
      <Notes customer={customer} />
    </div>
  );
}

function CaseEntry({ k, here }: { k: Case; here: boolean }) {
  return (
    <details class="file">
      <summary>
        <b>#{k.number}</b> {k.subject}
        {here && <span class="tag">This chat</span>}
        {(k.severity === 'high' || k.severity === 'critical') && <span class="tag bad">{k.severity}</span>}
      </summary>
      <dl>
        <dt>Status</dt>
        <dd>{k.status}</dd>
        <dt>Severity</dt>
        <dd>{k.severity}</dd>
        <dt>Opened</dt>
        <dd>
          {dateOf(k.created_at)}, {timeOf(k.created_at)}
        </dd>
        {k.notes && (
          <>
            <dt>Notes</dt>
            <dd>{k.notes}</dd>
          </>
        )}
      </dl>
    </details>
  );
}

function Past({ p, name }: { p: Conversation; name: string }) {
  const [messages, setMessages] = useState<Message[] | null>(null);
  const [trouble, setTrouble] = useState('');
  function onToggle(event: Event) {
    if (!(event.currentTarget as HTMLDetailsElement).open || messages) return;
    readAll<Message>(`/v1/conversations/${p.id}/transcript`).then(setMessages, (error) => setTrouble(wordsOf(error)));
  }
  return (
    <details class="file" onToggle={onToggle}>
      <summary>
        <b>{dateOf(p.created_at)}</b> {queueName(p.queue)}
        <span class="glimpse">{p.last_message?.text}</span>
      </summary>
      {trouble && <p class="trouble">{trouble}</p>}
      {messages?.map((m) => (
        <Entry key={m.seq} m={m} name={name} past />
      ))}
    </details>
  );
}

function Notes({ customer }: { customer: Customer }) {
  const [text, setText] = useState<string | null>(null);
  const value = text ?? customer.notes ?? '';
  const dirty = text !== null && text !== (customer.notes ?? '');
  return (
    <form
      class="about"
      onSubmit={(event) => {
        event.preventDefault();
        void noteCustomer(customer.id, value).then(() => setText(null));
      }}
    >
      <label>
        <h3>Notes on the customer</h3>
        <textarea rows={3} value={value} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {dirty && (
        <button class="primary" disabled={busy.value.has(`customer ${customer.id}`)}>
          Save notes
        </button>
      )}
    </form>
  );
}
