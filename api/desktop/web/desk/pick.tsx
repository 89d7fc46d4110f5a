// Who is this? Where several records match the number one is chosen, where none does a new one is made, or an old one found.
import { useEffect, useState } from 'preact/hooks';
import { read } from '../shared/call';
import { count, number } from '../shared/format';
import type { Conversation, Customer, List } from '../shared/contract';
import { attach, busy, createCustomer } from './actions';

interface Props {
  c: Conversation;
  matches: Customer[] | undefined; // those of the number, where they are known
  keep: (() => void) | undefined; // back to the record that is attached
}

export function Pick({ c, matches, keep }: Props) {
  const [own, setOwn] = useState(matches);
  const asked = busy.value.has(`attach ${c.id}`);
  useEffect(() => {
    if (matches) return setOwn(matches);
    let stopped = false;
    read<List<Customer>>(`/v1/customers?number=${encodeURIComponent(c.customer_number)}`).then(
      (list) => !stopped && setOwn(list.items),
      () => !stopped && setOwn([]),
    );
    return () => {
      stopped = true;
    };
  }, [c.customer_number, matches]);

  const some = own ?? [];
  return (
    <div class="customer pick">
      <header>
        <h2 id="record-title" tabIndex={-1}>
          {some.length > 0 ? 'Choose the customer' : 'New customer'}
        </h2>
        {keep && (
          <button type="button" class="plain" onClick={keep}>
            Keep the record
          </button>
        )}
      </header>
      <p class="numbers">{number(c.customer_number)}</p>
      {some.length > 1 && <p class="hint">{some.length} records have this number.</p>}
      <ul class="matches">
        {some.map((m) => (
          <Match key={m.id} m={m} asked={asked} take={() => void attach(c.id, m.id)} />
        ))}
      </ul>
      {own && <New c={c} asked={asked} apart={some.length > 0} />}
      <Find c={c} asked={asked} />
    </div>
  );
}

function Match({ m, asked, take }: { m: Customer; asked: boolean; take: () => void }) {
  return (
    <li>
      <button type="button" disabled={asked} onClick={take}>
        <b>{m.name}</b>
        <span>{m.numbers.map(number).join(' · ')}</span>
        <small>
          {count(m.open_cases, 'open case')}
          {Object.values(m.attributes).length > 0 && ` · ${Object.values(m.attributes).join(', ')}`}
        </small>
      </button>
    </li>
  );
}

function New({ c, asked, apart }: { c: Conversation; asked: boolean; apart: boolean }) {
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const notes = String(form.get('notes')).trim();
    void createCustomer(c.id, { name: String(form.get('name')).trim(), numbers: [c.customer_number], ...(notes && { notes }) });
  }
  const fields = (
    <form onSubmit={submit} aria-label="New customer">
      <label>
        Name
        <input name="name" required maxLength={200} autocomplete="off" />
      </label>
      <label>
        Number
        <input value={number(c.customer_number)} readOnly />
      </label>
      <label>
        Notes
        <textarea name="notes" rows={2} />
      </label>
      <button class="primary" disabled={asked}>
        Create the record
      </button>
    </form>
  );
  if (!apart) return fields;
  return (
    <details class="file">
      <summary>None of these: a new customer</summary>
      {fields}
    </details>
  );
}

function Find({ c, asked }: { c: Conversation; asked: boolean }) {
  const [found, setFound] = useState<Customer[] | null>(null);
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const words = String(new FormData(event.target as HTMLFormElement).get('q')).trim();
    if (!words) return;
    read<List<Customer>>(`/v1/customers?limit=20&q=${encodeURIComponent(words)}`).then(
      (list) => setFound(list.items),
      () => setFound([]),
    );
  }
  return (
    <details class="file">
      <summary>Find another record</summary>
      <form onSubmit={submit} role="search">
        <label>
          Name or number
          <input name="q" type="search" autocomplete="off" />
        </label>
        <button>Find</button>
      </form>
      <ul class="matches" aria-live="polite">
        {found?.map((m) => (
          <Match key={m.id} m={m} asked={asked} take={() => void attach(c.id, m.id)} />
        ))}
        {found?.length === 0 && <li class="none">Nobody of that name or number.</li>}
      </ul>
    </details>
  );
}
