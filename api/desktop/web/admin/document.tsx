// The tenant's document: read, changed, checked by the server and put in force, as a whole. Nobody overwrites what they have not
// seen: the server refuses that.
import { useEffect, useState } from 'preact/hooks';
import { Refusal, wordsOf } from '../shared/call';
import { tell } from '../shared/notices';
import { changes, put, take } from './config';

export function Document() {
  const [was, setWas] = useState('');
  const [text, setText] = useState('');
  const [etag, setETag] = useState('');
  const [trouble, setTrouble] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const dirty = text !== was;

  async function load() {
    try {
      const now = await take();
      setWas(now.source);
      setText(now.source);
      setETag(now.etag);
      setTrouble([]);
    } catch (error) {
      setTrouble([wordsOf(error)]);
    }
  }
  useEffect(() => void load(), []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      setETag(await put(text, etag));
      setWas(text);
      setTrouble([]);
      tell('The configuration is in force.');
    } catch (error) {
      const late = error instanceof Refusal && error.status === 412;
      setTrouble(late ? ['Somebody else has changed the configuration meanwhile. Copy what you have written, then take theirs.'] : wordsOf(error).split(' · '));
    }
    setBusy(false);
  }

  const differences = dirty ? changes(was, text) : [];
  return (
    <form class="card document" onSubmit={submit} aria-labelledby="document">
      <header>
        <h2 id="document">Configuration</h2>
        <button type="button" disabled={busy || !dirty} onClick={() => void load()}>
          Take back
        </button>
        <button class="primary" disabled={busy || !dirty}>
          Put in force
        </button>
      </header>
      <p class="hint">Queues, skills, agents, channels, FAQs and dispositions, as one document. Changes reach everybody at once; conversations go on.</p>
      <div role="alert">
        {trouble.map((line) => (
          <p key={line} class="trouble">
            {line}
          </p>
        ))}
      </div>
      <label>
        <span class="heard">The tenant's document in YAML</span>
        <textarea spellcheck={false} rows={26} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {differences.length > 0 && (
        <>
          <h3>What changes</h3>
          <ol class="changes" aria-label="What changes">
            {differences.map((d, i) => (
              <li key={i} class={d.added ? 'added' : 'removed'}>
                <span class="heard">{d.added ? 'added' : 'removed'}, line {d.line}: </span>
                {d.text || ' '}
              </li>
            ))}
          </ol>
        </>
      )}
    </form>
  );
}
