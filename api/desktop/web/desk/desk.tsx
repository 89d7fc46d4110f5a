// The agent desktop: one page, one stream, all that an agent needs to answer texts.
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { Line } from '../shared/line';
import { Bell, BellOff, Chevron, Keyboard, Mark, Person, Search, SMS } from '../shared/icons';
import { Menu } from '../shared/menu';
import { Notices } from '../shared/notices';
import { holder, recognise, SignIn } from '../shared/session';
import { change, settings } from '../shared/settings';
import { line } from '../shared/stream';
import { begin, end, sheet, signOut } from './actions';
import { mute, prepare } from './alerts';
import { Chats, ChatTab } from './chats';
import { Control } from './control';
import { Talk } from './conversation';
import { listen } from './keys';
import { Lines } from './lines';
import { Record } from './record';
import { EndSheet, SaveSheet } from './save';
import { KeysSheet } from './keysheet';
import { Palette, SettingsSheet } from './sheets';
import { agent, current, pane, unread } from './state';
import { TransferSheet } from './transfer';
import '../shared/bar.css';
import '../shared/base.css';
import './desk.css';

function App() {
  const who = holder.value;
  if (who === undefined) return <Waiting />;
  if (who === null || who.role !== 'agent') return <SignIn title="Agent desktop" roles={['agent']} />;
  return <Desk key={who.agent} />;
}

function Waiting() {
  return (
    <main class="waiting" aria-busy="true">
      <h1 class="heard">Agent desktop</h1>
      <Mark size={40} />
      <p role="status">Opening the desk…</p>
    </main>
  );
}

function Desk() {
  useEffect(() => {
    void begin();
    return end;
  }, []);
  useEffect(listen, []);
  if (!agent.value) return <Waiting />;
  return (
    <>
      <Bar />
      <main class="desk" data-pane={pane.value}>
        <section class="rail" aria-label="Control panel and chats">
          <Control />
          <ChatTab id="chats-tab" />
          <Chats />
          <Lines />
        </section>
        <section class="talk" aria-label="Conversation">
          <Talk />
        </section>
        <section class="record" aria-label="Customer record">
          <Record />
        </section>
      </main>
      <Tabs />
      <Sheets />
      <Notices />
      {line.value.state === 'superseded' && <Elsewhere />}
    </>
  );
}

function Bar() {
  const s = settings.value;
  const silent = !s.sound || mute.value;
  return (
    <header class="bar">
      <p class="brand">
        <Mark /> <b>Switchyard</b> <span>{holder.value?.tenant_name}</span>
      </p>
      <h1 class="heard">Agent desktop</h1>
      <Line />
      <div class="tools">
        <button type="button" class="plain" aria-keyshortcuts="Control+K" onClick={() => (sheet.value = 'palette')}>
          <Search /> <span class="wide">Actions</span> <kbd>Ctrl K</kbd>
        </button>
        <button
          type="button"
          class="plain"
          aria-label={silent ? 'Sound is off. Turn it on' : 'Sound is on. Turn it off'}
          title={silent ? 'Sound is off' : 'Sound is on'}
          onClick={() => {
            if (silent) prepare();
            change({ sound: Boolean(silent) });
          }}
        >
          {silent ? <BellOff /> : <Bell />}
        </button>
        <button type="button" class="plain" aria-label="Keys" title="Keys (?)" onClick={() => (sheet.value = 'keys')}>
          <Keyboard />
        </button>
        <Menu
          class="me"
          name="You"
          label={`${agent.value!.name}: settings, sign out`}
          entries={[
            { label: 'Settings', act: () => void (sheet.value = 'settings') },
            { label: 'Sign out', act: () => void signOut() },
          ]}
        >
          <span class="wide">{agent.value!.name}</span>
          <span class="narrow">
            <Person />
          </span>
          <Chevron />
        </Menu>
      </div>
    </header>
  );
}

// Tabs are the panes of a narrow screen.
function Tabs() {
  return (
    <nav class="tabs" aria-label="Panes">
      <ChatTab />
      <button type="button" aria-pressed={pane.value === 'talk'} onClick={() => (pane.value = 'talk')}>
        <SMS /> Chat {unread.value > 0 && <i class="unread">{unread.value}</i>}
      </button>
      <button type="button" aria-pressed={pane.value === 'record'} onClick={() => (pane.value = 'record')}>
        <Person /> Customer
      </button>
    </nav>
  );
}

function Sheets() {
  const c = current.value;
  if (sheet.value === 'keys') return <KeysSheet />;
  if (sheet.value === 'palette') return <Palette />;
  if (sheet.value === 'settings') return <SettingsSheet />;
  if (sheet.value === 'save' && c) return <SaveSheet c={c} />;
  if (sheet.value === 'transfer' && c) return <TransferSheet c={c} />;
  if (sheet.value === 'end' && c) return <EndSheet c={c} />;
  return null;
}

// Elsewhere covers a desk that another one has taken over: it hears nothing any more, so it shows nothing.
function Elsewhere() {
  return (
    <div class="elsewhere" role="alertdialog" aria-modal="true" aria-labelledby="elsewhere-title">
      <div class="sheet">
        <h2 id="elsewhere-title">Your desktop is open elsewhere</h2>
        <p>Another window has taken over. This one shows nothing new and rings no more.</p>
        <button type="button" class="primary" ref={(button) => button?.focus()} onClick={() => void begin()}>
          Use it here
        </button>
      </div>
    </div>
  );
}

void recognise();
render(<App />, document.getElementById('app')!);
