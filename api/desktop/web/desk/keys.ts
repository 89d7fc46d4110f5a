// The keyboard. Every key has a modifier, or counts only where nothing is written, so that nobody who dictates or mistypes sets
// anything off. Letters go by their place on the keyboard: Option+A writes "å" on a Mac.
import { accept, askEnd, extend, focusComposer, nextUnanswered, reject, setStatus, sheet, step } from './actions';
import { silence } from './alerts';
import { write } from './drafts';
import { agent, choices, current, offers, pane, ringing } from './state';

export interface Deed {
  keys: string; // as shown
  code?: string; // with Alt
  words: string;
  able: () => boolean;
  act: () => void;
}

const offer = () => ringing.value ?? offers.value[0];
const active = () => (current.value?.state === 'active' || current.value?.state === 'parked' ? current.value : null);
const wrapping = () => (current.value?.state === 'post_processing' ? current.value : null);

export const deeds: Deed[] = [
  { keys: 'Alt A', code: 'KeyA', words: 'Accept the incoming chat', able: () => Boolean(offer()), act: () => void accept(offer()!) },
  {
    keys: 'Alt R',
    code: 'KeyR',
    words: 'Reject the incoming chat',
    able: () => Boolean(offer()) && choices.value.may_reject,
    act: () => void reject(offer()!),
  },
  { keys: 'Alt ↓', code: 'ArrowDown', words: 'Next chat', able: () => true, act: () => step(1) },
  { keys: 'Alt ↑', code: 'ArrowUp', words: 'Previous chat', able: () => true, act: () => step(-1) },
  { keys: 'Alt U', code: 'KeyU', words: 'Chat whose customer has waited longest', able: () => true, act: nextUnanswered },
  { keys: 'Alt L', code: 'KeyL', words: 'Write a reply', able: () => Boolean(active()), act: () => compose(false) },
  { keys: 'Alt N', code: 'KeyN', words: 'Write a note for colleagues', able: () => Boolean(active()), act: () => compose(true) },
  { keys: 'Alt C', code: 'KeyC', words: 'Customer record', able: () => Boolean(current.value ?? ringing.value), act: toRecord },
  {
    keys: 'Alt S',
    code: 'KeyS',
    words: 'Save to CRM',
    able: () => Boolean(current.value) && !current.value!.case,
    act: () => void (sheet.value = 'save'),
  },
  { keys: 'Alt T', code: 'KeyT', words: 'Transfer', able: () => Boolean(active()), act: () => void (sheet.value = 'transfer') },
  { keys: 'Alt E', code: 'KeyE', words: 'End the chat', able: () => Boolean(active()), act: () => askEnd(active()!) },
  {
    keys: 'Alt X',
    code: 'KeyX',
    words: 'More time for post-processing',
    able: () => Boolean(wrapping()) && !wrapping()!.extended,
    act: () => void extend(wrapping()!),
  },
  {
    keys: 'Alt P',
    code: 'KeyP',
    words: 'End post-processing',
    able: () => Boolean(wrapping()),
    act: () => document.querySelector<HTMLFormElement>('#wrap-up')?.requestSubmit(),
  },
  {
    keys: 'Alt B',
    code: 'KeyB',
    words: 'Available, or stop new chats',
    able: () => true,
    act: () => void setStatus(agent.value?.status === 'available' ? 'busy_stop_new' : 'available'),
  },
];

function compose(note: boolean): void {
  pane.value = 'talk';
  write(current.value!.id, { note });
  requestAnimationFrame(focusComposer);
}

function toRecord(): void {
  pane.value = 'record';
  requestAnimationFrame(() => document.querySelector<HTMLElement>('#record-title')?.focus());
}

const writing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

// listen waits for keys, until the returned function is called.
export function listen(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === 'KeyK') {
      event.preventDefault();
      sheet.value = sheet.value === 'palette' ? '' : 'palette';
      return;
    }
    if (sheet.value) return;
    if (event.key === 'Escape' && offers.value.length) silence();
    if (event.key === '?' && !writing(event.target)) {
      event.preventDefault();
      sheet.value = 'keys';
      return;
    }
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const deed = deeds.find((d) => d.code === event.code);
    if (!deed) return;
    event.preventDefault();
    if (deed.able()) deed.act();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
