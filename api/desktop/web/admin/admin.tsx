// Administration: the configuration as forms and as one document, tokens and sessions, the audit.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { command } from '../shared/call';
import { Chevron, Mark, Person } from '../shared/icons';
import { Menu } from '../shared/menu';
import { Notices } from '../shared/notices';
import { holder, leave, recognise, SignIn } from '../shared/session';
import '../shared/settings';
import { Audit } from './audit';
import { Centre } from './centre';
import { Document } from './document';
import { begin, draft } from './draft';
import { lists } from './lists';
import { Members } from './members';
import { Review } from './review';
import { Tokens } from './tokens';
import '../shared/bar.css';
import '../shared/base.css';
import '../shared/tables.css';
import './admin.css';

function App() {
  const who = holder.value;
  if (who === undefined) return <Waiting />;
  if (who === null || who.role !== 'admin') return <SignIn title="Administration" roles={['admin']} />;
  return <Admin key={who.agent} who={`${who.tenant} ${who.agent}`} />;
}

function Waiting() {
  return (
    <main class="waiting" aria-busy="true">
      <h1 class="heard">Administration</h1>
      <Mark size={40} />
      <p role="status">Opening…</p>
    </main>
  );
}

async function signOut(): Promise<void> {
  await command('DELETE', '/v1/session');
  leave('You have signed out.');
}

const others = { Centre, Document, Tokens, Audit };
type Sheet = keyof typeof others;

function Admin({ who }: { who: string }) {
  const [sheet, setSheet] = useState('Queues');
  useEffect(() => begin(who), []);
  const of = lists.find((l) => l.title === sheet);
  const Other = others[sheet as Sheet];
  const configures = Boolean(of) || sheet === 'Centre' || sheet === 'Document';
  return (
    <>
      <Bar />
      <main class="admin">
        <nav aria-label="Administration">
          {[...lists.map((l) => l.title), ...Object.keys(others)].map((name) => (
            <button key={name} type="button" aria-current={name === sheet ? 'page' : undefined} onClick={() => setSheet(name)}>
              {name}
            </button>
          ))}
        </nav>
        <div class="sheets">
          {configures && <Review />}
          {!draft.value.etag ? <p class="none">Opening…</p> : of ? <Members key={of.list} of={of} /> : <Other />}
        </div>
      </main>
      <Notices />
    </>
  );
}

const entries = [
  { label: 'Wallboard', act: () => location.assign('/board') },
  { label: 'Sign out', act: () => void signOut() },
];

function Bar() {
  return (
    <header class="bar">
      <p class="brand">
        <Mark /> <b>Switchyard</b> <span>{holder.value?.tenant_name}</span>
      </p>
      <h1 class="heard">Administration</h1>
      <div class="tools">
        <Menu class="me" name="You" label={`${holder.value?.name}: wallboard, sign out`} entries={entries}>
          <span class="wide">{holder.value?.name}</span>
          <span class="narrow">
            <Person />
          </span>
          <Chevron />
        </Menu>
      </div>
    </header>
  );
}

void recognise();
render(<App />, document.getElementById('app')!);
