// How an offer makes itself known: the title, the icon, a sound, a notification of the browser's, each from the same list of
// offers, so that all of them stop together.
import { computed, effect, signal } from '@preact/signals';
import { settings } from '../shared/settings';
import { choose, nameOf, offers, queueName, unread } from './state';

// silenced are the offers whose ringing the agent has stopped; they go on to be shown.
export const silenced = signal<ReadonlySet<string>>(new Set());

export function silence(): void {
  silenced.value = new Set(offers.value.map((o) => o.id));
}

// mute says why no sound comes, empty when it does.
export const mute = signal<'' | 'blocked'>('blocked');

let audio: AudioContext | null = null;

// prepare makes use of a click or a key, without which browsers let no page ring or notify.
export function prepare(): void {
  audio ??= new AudioContext();
  void audio.resume().then(() => {
    mute.value = audio?.state === 'running' ? '' : 'blocked';
  });
  if (settings.value.notifications && 'Notification' in window && Notification.permission === 'default') void Notification.requestPermission();
}

// beep plays a tone of a frequency, from a moment and for a time in seconds.
function beep(frequency: number, from: number, lasts: number): void {
  if (!audio || audio.state !== 'running') return;
  const [tone, gain] = [audio.createOscillator(), audio.createGain()];
  const start = audio.currentTime + from;
  tone.frequency.value = frequency;
  tone.type = 'triangle';
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(settings.value.volume * 0.4, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, start + lasts);
  tone.connect(gain).connect(audio.destination);
  tone.start(start);
  tone.stop(start + lasts);
}

export function ring(): void {
  beep(660, 0, 0.28);
  beep(880, 0.18, 0.42);
}

export function chime(): void {
  beep(740, 0, 0.22);
}

const loud = computed(() => settings.value.sound && offers.value.some((o) => !silenced.value.has(o.id)));
const rhythm = 2500; // ms from ring to ring
let ringer = 0;

effect(() => {
  clearInterval(ringer);
  if (!loud.value) return;
  const first = setTimeout(ring, 120); // an offer that is told again after a break and over at once makes no sound
  ringer = window.setInterval(ring, rhythm);
  return () => {
    clearTimeout(first);
    clearInterval(ringer);
  };
});

const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
const [calm, ringingIcon] = [icon?.href ?? '', icon?.dataset.ringing ?? ''];

effect(() => {
  const n = offers.value.length;
  const first = offers.value[0];
  document.title = first
    ? `(${n}) Incoming SMS · ${nameOf(first.conversation, first.customer_matches)}`
    : `${unread.value ? `(${unread.value}) ` : ''}Agent desktop · Switchyard`;
  if (icon) icon.href = n ? ringingIcon : calm;
});

const notified = new Map<string, Notification>();

effect(() => {
  const now = offers.value;
  for (const [id, notification] of notified) {
    if (now.some((o) => o.id === id)) continue;
    notification.close();
    notified.delete(id);
  }
  if (!settings.value.notifications || !('Notification' in window) || Notification.permission !== 'granted') return;
  for (const offer of now) {
    if (notified.has(offer.id) || document.hasFocus()) continue;
    try {
      const body = `${nameOf(offer.conversation, offer.customer_matches)} · ${queueName(offer.conversation.queue)}`;
      const notification = new Notification('Incoming SMS', { body, tag: offer.id, requireInteraction: true });
      notification.onclick = () => {
        window.focus();
        choose(offer.conversation.id);
      };
      notified.set(offer.id, notification);
    } catch {
      // some browsers notify from a service worker only
    }
  }
});

let heardUnread = 0;

// A new text from a customer makes a short sound when the agent looks elsewhere.
effect(() => {
  const n = unread.value;
  if (n > heardUnread && settings.value.sound && !offers.value.length) chime();
  heardUnread = n;
});
