// One list of the document: its members, each with a form.
import { useState } from 'preact/hooks';
import type { Member } from './config';
import { draft, membersOf } from './draft';
import { MemberForm } from './form';
import type { List } from './lists';

const many = 8; // members from which on one may search

export function Members({ of }: { of: List }) {
  const [open, setOpen] = useState<{ member: Member | null } | null>(null);
  const [words, setWords] = useState('');
  const { tenant } = draft.value;
  if (!tenant)
    return (
      <section class="card">
        <h2>{of.title}</h2>
        <p class="none">The document cannot be read as it is written now. Correct it under Document, or take the changes back.</p>
      </section>
    );
  const all = membersOf(of.list);
  const named = (m: Member) => String(m.name ?? m.title ?? m.id);
  const shown = all.filter((m) => `${named(m)} ${String(m.id)}`.toLowerCase().includes(words.trim().toLowerCase()));
  return (
    <section class="card" aria-labelledby="list">
      <header>
        <h2 id="list">{of.title}</h2>
        {all.length > many && (
          <input
            type="search"
            aria-label={`Find among ${of.title.toLowerCase()}`}
            placeholder="Find…"
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        )}
        <button type="button" onClick={() => setOpen({ member: null })}>
          New {of.one}
        </button>
      </header>
      <p class="hint">{of.about}</p>
      {all.length > 0 && (
        <div class="sideways" tabIndex={0} role="region" aria-label={`Table of ${of.title.toLowerCase()}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                {of.columns.map(([title]) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((m) => (
                <tr key={String(m.id)}>
                  <th scope="row">
                    <button type="button" class="name" onClick={() => setOpen({ member: m })}>
                      {named(m)}
                    </button>{' '}
                    {named(m) !== m.id && <small>{String(m.id)}</small>}
                  </th>
                  {of.columns.map(([title, cell]) => (
                    <td key={title}>{cell(m, tenant)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown.length === 0 && <p class="none">{all.length ? 'Nothing of that name.' : 'None yet.'}</p>}
      {open && <MemberForm of={of} member={open.member} close={() => setOpen(null)} />}
    </section>
  );
}
