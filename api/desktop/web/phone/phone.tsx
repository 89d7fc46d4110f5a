// The customers' phones of the demo, side by side: what they text, and what reaches them.
import { signal } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { wordsOf } from '../shared/call';
import { number as spaced, timeOf } from '../shared/format';
import { Clock, Cross, Mark, Send, Tick, Ticks, Warning } from '../shared/icons';
import { keep, recall } from '../shared/kept';
import '../shared/settings';
import { lines, phone, send, type Line, type Phone, type Text } from './network';
import { nameOf, people } from './people';
import '../shared/base.css';
import './phone.css';

interface Place {
  number: string;
  to: string;
}

const rhythm = 1000; // ms between looks at the network
const longest = 1600; // characters of a text

const known = signal<Line[]>([]);
const trouble = signal('');
const bench = signal<Place[]>(
  recall<Place[]>(
    'phones',
    people.slice(0, 3).map(({ number }) => ({ number, to: '' })),
  ),
);

function place(all: Place[]): void {
  bench.value = all;
  keep('phones', all);
}

// every looks again and again while the page is seen.
function every(look: () => Promise<void>): () => void {
  let timer = 0;
  let over = false;
  const again = async () => {
    try {
      if (!document.hidden) await look();
      if (!document.hidden) trouble.value = '';
    } catch (error) {
      trouble.value = `The network does not answer (${wordsOf(error)}). Trying again.`;
    }
    if (!over) timer = window.setTimeout(again, rhythm);
  };
  void again();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

function Bench() {
  useEffect(() => {
    const stop = every(async () => {
      known.value = await lines();
      if (known.value.length) stop();
    });
    return stop;
  }, []);
  const free = people.filter((p) => !bench.value.some((b) => b.number === p.number));
  return (
    <main>
      <header>
        <p class="brand">
          <Mark /> Switchyard
        </p>
        <h1>Customers’ phones</h1>
        <p class="hint">Text the contact centre as one of its customers. The simulated carrier forgets everything when the demo ends.</p>
      </header>
      <p class="trouble" role="alert">
        {trouble.value}
      </p>
      <div class="bench">
        {bench.value.map((b, i) => (
          <Handset
            key={b.number}
            own={b.number}
            to={b.to || known.value[0]?.number || ''}
            choose={(to) => place(bench.value.map((other, at) => (at === i ? { number: other.number, to } : other)))}
            away={() => place(bench.value.filter((other) => other !== b))}
          />
        ))}
        <Another free={free} />
      </div>
    </main>
  );
}

function Another({ free }: { free: typeof people }) {
  const [complaint, setComplaint] = useState('');
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const number = String(new FormData(form).get('number')).replaceAll(/[\s()-]/g, '');
    if (!/^\+[1-9]\d{6,14}$/.test(number)) return setComplaint('Write a whole number, such as +12025550177.');
    if (bench.value.some((b) => b.number === number)) return setComplaint('That phone is here already.');
    setComplaint('');
    place([...bench.value, { number, to: '' }]);
    form.reset();
  }
  return (
    <form class="another" onSubmit={submit}>
      <h2>Another phone</h2>
      <label>
        Its number
        <input name="number" type="tel" list="people" required placeholder="+1 202 555 0177" autocomplete="off" />
      </label>
      <datalist id="people">
        {free.map((p) => (
          <option key={p.number} value={p.number}>
            {p.name}
          </option>
        ))}
      </datalist>
      <p class="trouble" role="alert">
        {complaint}
      </p>
      <button class="primary">Put it here</button>
      <p class="hint">A number’s end chooses a fault: 0404 is never reached, 0429 is refused every other time, 0500 takes texts but loses the answer.</p>
    </form>
  );
}

interface Held {
  own: string;
  to: string;
  choose: (to: string) => void;
  away: () => void;
}

function Handset({ own, to, choose, away }: Held) {
  const [has, setHas] = useState<Phone>({ number: own, blocked: [], texts: [] });
  useEffect(() => every(async () => setHas(await phone(own))), [own]);
  const texts = has.texts.filter((t) => t.from === to || t.to === to);
  const stopped = has.blocked.includes(to);
  const name = nameOf(own);
  return (
    <section class="phone" aria-label={`Phone of ${name}, ${spaced(own)}`}>
      <header>
        <h2>{name}</h2>
        <p>{spaced(own)}</p>
        <button type="button" class="plain" aria-label={`Put away the phone of ${name}`} onClick={away}>
          <Cross size={16} />
        </button>
      </header>
      <label class="to">
        <span>To</span>
        <select value={to} onChange={(event) => choose(event.currentTarget.value)}>
          {known.value.map((l) => (
            <option key={l.number} value={l.number} selected={l.number === to}>
              {spaced(l.number)} · {l.id} ({l.carrier})
            </option>
          ))}
        </select>
      </label>
      <Texts texts={texts} name={name} />
      {stopped && (
        <p class="stopped" role="status">
          The carrier stops texts from this number. START lets them through again.
        </p>
      )}
      <Write own={own} to={to} sent={async () => setHas(await phone(own))} />
    </section>
  );
}

function Texts({ texts, name }: { texts: Text[]; name: string }) {
  const log = useRef<HTMLDivElement>(null);
  const last = texts.at(-1)?.id;
  useLayoutEffect(() => {
    log.current!.scrollTop = log.current!.scrollHeight;
  }, [last]);
  return (
    <div class="texts" role="log" aria-label={`Texts of ${name}`} tabIndex={0} ref={log}>
      {texts.length === 0 && <p class="none">No texts yet. Say hello.</p>}
      {texts.map((t) => (
        <article key={t.id} class={`${t.direction} ${t.state}`}>
          <p>{[t.text, ...(t.media ?? []).map((kind) => `[attachment: ${kind}]`)].filter(Boolean).join('\n')}</p>
          <footer>
            <time dateTime={t.at}>{timeOf(t.at)}</time> <State t={t} />
          </footer>
        </article>
      ))}
    </div>
  );
}

// State is how far a text has come, seen from the phone.
function State({ t }: { t: Text }) {
  const arrived = t.direction === 'received' ? 'Arrived' : 'Taken by the business';
  const failed = t.direction === 'received' ? 'Never arrived' : 'Not taken';
  if (t.state === 'failed') {
    return (
      <span class="bad">
        <Warning size={14} /> {failed}
        {t.detail && `: ${t.detail}`}
      </span>
    );
  }
  return (
    <span>
      {t.state === 'delivered' ? <Ticks /> : t.state === 'sent' ? <Tick /> : <Clock />} {t.state === 'delivered' ? arrived : 'On its way'}
    </span>
  );
}

function Write({ own, to, sent }: { own: string; to: string; sent: () => Promise<void> }) {
  const [text, setText] = useState('');
  const [picture, setPicture] = useState(false);
  const [complaint, setComplaint] = useState('');

  async function go(words: string) {
    if (!to || (!words.trim() && !picture)) return;
    setComplaint('');
    if (words === text) setText('');
    setPicture(false);
    try {
      await send(own, to, words, picture ? ['image/jpeg'] : []);
      await sent();
    } catch (error) {
      setComplaint(wordsOf(error));
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void go(text);
      }}
    >
      <label>
        <span class="heard">Text of {nameOf(own)}</span>
        <textarea
          rows={2}
          maxLength={longest}
          placeholder="Text message"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void go(text);
          }}
        />
      </label>
      <div class="deeds">
        <label class="check">
          <input type="checkbox" checked={picture} onChange={(event) => setPicture(event.currentTarget.checked)} /> Picture
        </label>
        <button type="button" onClick={() => void go('STOP')}>
          STOP
        </button>
        <button type="button" onClick={() => void go('START')}>
          START
        </button>
        <button class="primary">
          <Send size={16} /> Send
        </button>
      </div>
      <p class="trouble" role="alert">
        {complaint}
      </p>
    </form>
  );
}

render(<Bench />, document.getElementById('app')!);
