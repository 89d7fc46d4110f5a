// Notes to self: what the agent wants to remember, beside no conversation. Kept in this browser.
import { useState } from 'preact/hooks';
import { keep, recall } from '../shared/kept';
import { agent } from './state';

export function ToSelf() {
  const name = `to-self.${agent.value!.id}`;
  const [text, setText] = useState(() => recall(name, ''));
  return (
    <label class="to-self">
      Notes to self
      <textarea
        rows={5}
        value={text}
        placeholder="Only you see this, in this browser"
        onInput={(event) => {
          setText(event.currentTarget.value);
          keep(name, event.currentTarget.value);
        }}
      />
    </label>
  );
}
