// The wallboard and supervisor page: the floor at a glance, live, and a hand where it is needed.
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { command } from '../shared/call';
import { passed } from '../shared/clock';
import { clock } from '../shared/format';
import { Chevron, Mark, Person } from '../shared/icons';
import { Line } from '../shared/line';
import { Menu } from '../shared/menu';
import { Notices } from '../shared/notices';
import { holder, leave, recognise, SignIn } from '../shared/session';
import { change, settings } from '../shared/settings';
import { begin, end, floor, totals } from './floor';
import { Agents, Queues } from './tables';
import { Closer } from './watch';
import '../shared/bar.css';
import '../shared/base.css';
import '../shared/tables.css';
import './board.css';

function App() {
  const who = holder.value;
  if (who === undefined) return <Waiting />;
  if (who === null || who.role === 'agent') return <SignIn title="Wallboard" roles={['supervisor', 'admin']} />;
  return <Board key={who.agent} />;
}

function Waiting() {
  return (
    <main class="waiting" aria-busy="true">
      <h1 class="heard">Wallboard</h1>
      <Mark size={40} />
      <p role="status">Opening the wallboard…</p>
    </main>
  );
}

async function signOut(): Promise<void> {
  await command('DELETE', '/v1/session');
  leave('You have signed out.');
}

function Board() {
  useEffect(() => {
    begin();
    return end;
  }, []);
  if (!floor.value) return <Waiting />;
  const dark = settings.value.theme === 'dark';
  return (
    <>
      <header class="bar">
        <p class="brand">
          <Mark /> <b>Switchyard</b> <span>{holder.value?.tenant_name}</span>
        </p>
        <h1 class="heard">Wallboard</h1>
        <Line />
        <div class="tools">
          <Menu
            class="me"
            name="You"
            label={`${holder.value?.name}: appearance, sign out`}
            entries={[
              { label: dark ? 'Appearance as the system' : 'Dark, for a wall', act: () => change({ theme: dark ? 'system' : 'dark' }) },
              ...(holder.value?.role === 'admin' ? [{ label: 'Administration', act: () => location.assign('/admin') }] : []),
              { label: 'Sign out', act: () => void signOut() },
            ]}
          >
            <span class="wide">{holder.value?.name}</span>
            <span class="narrow">
              <Person />
            </span>
            <Chevron />
          </Menu>
        </div>
      </header>
      <main class="board">
        <Totals />
        <Queues />
        <Agents />
        <Closer />
      </main>
      <Notices />
    </>
  );
}

function Totals() {
  const t = totals.value!;
  const figures: [string, string, string][] = [
    ['Waiting', String(t.waiting), t.waiting ? 'some' : ''],
    ['Longest wait', t.oldest ? clock(passed(t.oldest)) : '–', ''],
    ['In time, last hour', t.level === null ? '–' : `${t.level} %`, ''],
    ['Active chats', String(t.active), ''],
    ['Agents available', String(t.staffed), ''],
    ['Free places', String(t.free), ''],
  ];
  return (
    <dl class="totals">
      {figures.map(([name, figure, tone]) => (
        <div key={name} class={tone}>
          <dt>{name}</dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  );
}

void recognise();
render(<App />, document.getElementById('app')!);
