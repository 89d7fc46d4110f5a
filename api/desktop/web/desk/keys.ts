// The keyboard: what can be done by it. Letters go by their place on the keyboard: Option+A writes "å" on a Mac.
import { accept, askEnd, extend, focusComposer, nextUnanswered, reject, setStatus, sheet, step } from './actions';
import { silence } from './alerts';
import { write } from './drafts';
import { codeOf, type Deed } from './shortcuts';
import { agent, choices, current, offers, pane, ringing } from './state';

export interface Doing {
  name: Deed;
  words: string;
  able: () => boolean;
  act: () => void;
}

const offer = () => ringing.value ?? offers.value[0];
const active = () => (current.value?.state === 'active' || current.value?.state === 'parked' ? current.value : null);
const wrapping = () => (current.value?.state === 'post_processing' ? current.value : null);

export const deeds: Doing[] = [
  { name: 'accept', words: 'Accept the incoming chat', able: () => Boolean(offer()), act: () => void accept(offer()!) },
  {
    name: 'reject',
    words: 'Reject the incoming chat',
    able: () => Boolean(offer()) && choices.value.may_reject,
    act: () => void reject(offer()!),
  },
  { name: 'next', words: 'Next chat', able: () => true, act: () => step(1) },
  { name: 'previous', words: 'Previous chat', able: () => true, act: () => step(-1) },
  { name: 'unanswered', words: 'Chat whose customer has waited longest', able: () => true, act: nextUnanswered },
  { name: 'reply', words: 'Write a reply', able: () => Boolean(active()), act: () => compose(false) },
  { name: 'note', words: 'Write a note for colleagues', able: () => Boolean(active()), act: () => compose(true) },
  { name: 'record', words: 'Customer record', able: () => Boolean(current.value ?? ringing.value), act: toRecord },
  {
    name: 'save',
    words: 'Save to CRM',
    able: () => Boolean(current.value) && !current.value!.case,
    act: () => void (sheet.value = 'save'),
  },
  { name: 'transfer', words: 'Transfer', able: () => Boolean(active()), act: () => void (sheet.value = 'transfer') },
  { name: 'end', words: 'End the chat', able: () => Boolean(active()), act: () => askEnd(active()!) },
  {
    name: 'extend',
    words: 'More time for post-processing',
    able: () => Boolean(wrapping()) && !wrapping()!.extended,
    act: () => void extend(wrapping()!),
  },
  {
    name: 'wrapUp',
    words: 'End post-processing',
    able: () => Boolean(wrapping()),
    act: () => document.querySelector<HTMLFormElement>('#wrap-up')?.requestSubmit(),
  },
  {
    name: 'stopNew',
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
    const deed = deeds.find((d) => codeOf(d.name) === event.code);
    if (!deed) return;
    event.preventDefault();
    if (deed.able()) deed.act();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
