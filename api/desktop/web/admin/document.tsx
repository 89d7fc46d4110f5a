// The tenant's document as text, for all that the forms do not ask for. The server checks it as it is written.
import { draft, write } from './draft';

export function Document() {
  return (
    <section class="card document" aria-labelledby="document">
      <h2 id="document">Document</h2>
      <p class="hint">Everything in one text; the forms change the same. Changes reach everybody at once; conversations go on.</p>
      <label>
        <span class="heard">The tenant's document in YAML</span>
        <textarea spellcheck={false} rows={28} value={draft.value.source} onInput={(event) => write(event.currentTarget.value)} />
      </label>
    </section>
  );
}
