// What is to be told: short notices that are seen and heard, the urgent ones at once. They stay until they are read or old.
import { signal } from '@preact/signals';
import { Cross, Warning } from './icons';

interface Notice {
  id: number;
  text: string;
  bad: boolean;
}

const shown = signal<Notice[]>([]);
const urgent = signal('');
const lasts = 8000; // ms, for what needs nobody to do anything
let last = 0;

// tell shows a notice; a bad one stays until it is closed.
export function tell(text: string, bad = false): void {
  const notice = { id: ++last, text, bad };
  shown.value = [...shown.value.filter((other) => other.text !== text), notice].slice(-3);
  if (!bad) setTimeout(() => drop(notice.id), lasts);
}

// call is heard at once by who cannot see; it is shown elsewhere.
export function call(text: string): void {
  urgent.value = text;
}

function drop(id: number): void {
  shown.value = shown.value.filter((notice) => notice.id !== id);
}

export function Notices() {
  return (
    <>
      <div class="notices" role="status">
        {shown.value.map((notice) => (
          <p key={notice.id} class={notice.bad ? 'bad' : ''}>
            {notice.bad && <Warning />}
            <span>{notice.text}</span>
            <button type="button" class="plain" aria-label="Dismiss" onClick={() => drop(notice.id)}>
              <Cross size={16} />
            </button>
          </p>
        ))}
      </div>
      <p class="heard" role="alert">
        {urgent.value}
      </p>
    </>
  );
}
