// The dialogs that belong to no conversation: the palette of all deeds, and what the agent likes.
import { useState } from 'preact/hooks';
import { Dialog } from '../shared/dialog';
import { Search } from '../shared/icons';
import { change, settings, type Settings } from '../shared/settings';
import { setStatus, sheet, signOut } from './actions';
import { prepare, ring } from './alerts';
import { statusNames } from './control';
import { deeds } from './keys';
import { keysOf } from './shortcuts';
import { choose, conversations, nameOf, offers } from './state';
import type { Status } from '../shared/contract';

const shut = () => (sheet.value = '');

interface Item {
  words: string;
  keys?: string;
  act: () => void;
}

function all(): Item[] {
  const chats = [...offers.value.map((o) => o.conversation), ...conversations.value];
  return [
    ...deeds.filter((d) => d.able()).map((d) => ({ ...d, keys: keysOf(d.name) })),
    ...chats.map((c) => ({ words: `Go to ${nameOf(c)}`, act: () => choose(c.id) })),
    ...(Object.keys(statusNames) as Status[]).map((s) => ({ words: `Status: ${statusNames[s]}`, act: () => void setStatus(s) })),
    { words: 'Settings', act: () => void (sheet.value = 'settings') },
    { words: 'Keys', keys: '?', act: () => void (sheet.value = 'keys') },
    { words: 'Sign out', act: () => void signOut() },
  ];
}

export function Palette() {
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const wanted = words.toLowerCase().split(/\s+/);
  const items = all().filter((item) => wanted.every((w) => item.words.toLowerCase().includes(w)));
  const run = (item: Item) => {
    shut();
    setTimeout(item.act);
  };
  function onKeyDown(event: KeyboardEvent) {
    const n = items.length;
    if (event.key === 'ArrowDown' && n) setAt((at + 1) % n);
    else if (event.key === 'ArrowUp' && n) setAt((at + n - 1) % n);
    else if (event.key === 'Enter' && items[at]) run(items[at]);
    else return;
    event.preventDefault();
  }
  return (
    <Dialog title="What do you want to do?" close={shut} class="palette">
      <div class="search" onKeyDown={onKeyDown}>
        <Search size={16} />
        <input
          data-first
          role="combobox"
          aria-label="Find"
          aria-expanded="true"
          aria-controls="deeds"
          aria-activedescendant={items[at] && `deed-${at}`}
          autocomplete="off"
          value={words}
          onInput={(event) => (setWords(event.currentTarget.value), setAt(0))}
        />
      </div>
      <div role="listbox" id="deeds" aria-label="What you can do">
        {items.map((item, i) => (
          <div key={item.words} role="option" id={`deed-${i}`} aria-selected={i === at} onClick={() => run(item)} onPointerMove={() => setAt(i)}>
            <span>{item.words}</span>
            {item.keys?.split(' ').map((k) => (
              <kbd key={k}>{k}</kbd>
            ))}
          </div>
        ))}
      </div>
      {items.length === 0 && <p class="none">Nothing of that name.</p>}
    </Dialog>
  );
}

export function SettingsSheet() {
  const s = settings.value;
  const box = (name: 'sound' | 'notifications' | 'enterSends', words: string, then = () => {}) => (
    <label class="check">
      <input type="checkbox" checked={s[name]} onChange={(event) => (change({ [name]: event.currentTarget.checked }), then())} /> {words}
    </label>
  );
  return (
    <Dialog title="Settings" close={shut} class="small">
      <p class="hint">Kept in this browser.</p>
      {box('sound', 'Ring when a chat comes in')}
      <label>
        Volume
        <input
          type="range"
          min="0"
          max="1"
          step="0.1"
          value={s.volume}
          disabled={!s.sound}
          onChange={(event) => {
            change({ volume: Number(event.currentTarget.value) });
            prepare();
            ring();
          }}
        />
      </label>
      {box('notifications', 'Notify outside this window', prepare)}
      {box('enterSends', 'Enter sends, Shift+Enter begins a new line')}
      <label>
        Appearance
        <select value={s.theme} onChange={(event) => change({ theme: event.currentTarget.value as Settings['theme'] })}>
          <option value="system">As the system</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
    </Dialog>
  );
}
