// What holds for the whole contact centre: fields of the document itself.
import { useAsking } from './asking';
import type { Member } from './config';
import { change, draft, working } from './draft';
import type { Field } from './field';

const fields: Field[] = [
  { kind: 'text', name: 'name', words: 'Name', needed: true },
  { kind: 'words', name: 'countries', words: 'Business numbers are from', hint: 'Countries as US, CA. Empty: from anywhere.' },
  { kind: 'words', name: 'destinations', words: 'Texts are sent to', hint: 'Countries as US, CA. Empty: anywhere.' },
  { kind: 'number', name: 'agent_gone_requeue_seconds', words: 'Chats of an agent who is gone go back after, in seconds', min: 0, max: 86_400, usual: '300' },
  {
    kind: 'choice',
    name: 'opt_out_scope',
    words: 'STOP holds for',
    of: [
      ['tenant', 'all numbers'],
      ['number', 'the number that was texted'],
    ],
    usual: 'all numbers',
  },
  { kind: 'words', name: 'keywords.stop', words: 'Other words for STOP', hint: 'Several with commas. STOP, END and the like hold always.' },
  { kind: 'words', name: 'keywords.start', words: 'Other words for START' },
  { kind: 'words', name: 'keywords.help', words: 'Other words for HELP' },
  { kind: 'area', name: 'keywords.stop_reply', words: 'Answer to STOP', hint: 'Of channels for which Switchyard answers. With your name.' },
  { kind: 'area', name: 'keywords.start_reply', words: 'Answer to START' },
  { kind: 'area', name: 'keywords.help_reply', words: 'Answer to HELP', hint: 'With your name and how else to reach you.' },
  { kind: 'words', name: 'blocked', words: 'Numbers whose texts are not kept', hint: 'As +12025550199.' },
  { kind: 'number', name: 'sender_texts_per_minute', words: 'Texts of one number that are kept, a minute', min: 0, max: 1000, usual: 'all' },
  { kind: 'text', name: 'sign_in.oidc.issuer', words: 'Identity provider (OpenID Connect)', hint: 'As https://login.example.com/realms/acme, exactly as it writes it. Empty: passwords alone.' },
  { kind: 'text', name: 'sign_in.oidc.client_id', words: 'Client id there' },
  { kind: 'secret', name: 'sign_in.oidc.client_secret', words: 'Client secret there', hint: 'env:NAME, file:PATH, or as it is.' },
  {
    kind: 'choice',
    name: 'sign_in.oidc.claim',
    words: 'Who somebody is says',
    of: [
      ['email', 'the e-mail address'],
      ['preferred_username', 'the user name'],
      ['sub', 'the subject'],
    ],
    usual: 'the e-mail address',
  },
  { kind: 'text', name: 'sign_in.oidc.button', words: 'What its button says', hint: 'Empty: Sign in with its address.' },
];

const names = fields.map((f) => f.name);
const tops = [...new Set(names.map((name) => name.split('.')[0]!))];

export function Centre() {
  const { tenant } = draft.value;
  if (!tenant) return <p class="none">The document cannot be read as it is written now. Correct it under Document, or take the changes back.</p>;
  return <CentreForm key={draft.value.source} tenant={tenant as Member} />;
}

function CentreForm({ tenant }: { tenant: Member }) {
  const { is, form, asked, above, setProblems } = useAsking(tenant, names, '');

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const edits = tops.filter((name) => JSON.stringify(is[name]) !== JSON.stringify(tenant[name])).map((field) => ({ field, value: is[field] ?? null }));
    if (edits.length) setProblems(await change(...edits));
  }

  return (
    <section class="card" aria-labelledby="centre">
      <header>
        <h2 id="centre">Centre</h2>
      </header>
      <p class="hint">What holds for the whole contact centre.</p>
      <form ref={form} class="centre" onSubmit={(event) => void submit(event)}>
        {above}
        {fields.map(asked)}
        <div class="choices">
          <button class="primary" disabled={working.value}>
            Change the draft
          </button>
        </div>
      </form>
    </section>
  );
}
