// The sheet of keys. Each that does something can be changed for another; who had that one gets the old one.
import { useLayoutEffect, useState } from 'preact/hooks';
import { Dialog } from '../shared/dialog';
import { sheet } from './actions';
import { deeds } from './keys';
import { assign, chosen, forgetChosen, keysOf, may, type Deed } from './shortcuts';

const fixed = [
  { keys: 'Ctrl Enter', words: 'Send what you have written' },
  { keys: '/', words: 'Search answers, at the start of a word in the reply' },
  { keys: 'Esc', words: 'Stop the sound of an incoming chat' },
  { keys: 'Ctrl K', words: 'Everything you can do' },
  { keys: '?', words: 'This sheet' },
];

function Keys({ keys }: { keys: string }) {
  return (
    <dt>
      {keys.split(' ').map((k) => (
        <kbd key={k}>{k}</kbd>
      ))}
    </dt>
  );
}

export function KeysSheet() {
  const [changing, setChanging] = useState<Deed | null>(null);
  const [said, setSaid] = useState('');
  const wordsOf = (name: Deed) => deeds.find((d) => d.name === name)!.words;

  useLayoutEffect(() => {
    if (!changing) return; // it listens as soon as it says so
    const onKey = (event: KeyboardEvent) => {
      if (/^(Alt|Control|Shift|Meta)/.test(event.code)) return; // and what else?
      window.removeEventListener('keydown', onKey, true);
      setChanging(null);
      if (event.key === 'Tab') return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === 'Escape') return;
      if (!may(event.code)) {
        setSaid('Choose a letter, an arrow or a sign: the others have a use already.');
        return;
      }
      const other = assign(changing, event.code);
      setSaid(`${keysOf(changing)}: ${wordsOf(changing)}.${other ? ` ${keysOf(other)}: ${wordsOf(other)}.` : ''}`);
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [changing]);

  return (
    <Dialog title="Keys" close={() => (sheet.value = '')}>
      <dl class="keys">
        {deeds.map((d) => (
          <div key={d.name}>
            <Keys keys={keysOf(d.name)} />
            <dd>
              <span>{d.words}</span>
              <button type="button" class="plain" aria-pressed={changing === d.name} onClick={() => setChanging(d.name)}>
                {changing === d.name ? 'Press it now…' : 'Change'}
                <span class="heard"> the key: {d.words}</span>
              </button>
            </dd>
          </div>
        ))}
        {fixed.map((f) => (
          <div key={f.keys}>
            <Keys keys={f.keys} />
            <dd>{f.words}</dd>
          </div>
        ))}
      </dl>
      <p class="hint" role="status">
        {changing ? `Press the key that is to ${wordsOf(changing).toLowerCase()}; Esc leaves it as it is.` : said}
      </p>
      {chosen() && (
        <p class="choices">
          <button type="button" onClick={() => (forgetChosen(), setSaid('The usual keys again.'))}>
            The usual keys
          </button>
        </p>
      )}
    </Dialog>
  );
}
