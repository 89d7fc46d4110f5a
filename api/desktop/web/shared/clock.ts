// The server's clock. Deadlines are the server's, so what is left of them is counted by its time: what this machine's clock
// says does not matter, nor that somebody sets it.
import { signal } from '@preact/signals';

const second = 1000;
// slack lets the estimate follow when this machine's clock runs fast, in ms for each time that is heard.
const slack = 5;

let ahead: number | null = null; // the server's time less performance.now(); what arrives late makes it smaller, never larger
let apart = Date.now() - performance.now();

// heard takes note of a time that the server has just told.
export function heard(time: string): void {
  const sample = Date.parse(time) - performance.now();
  ahead = ahead === null ? sample : Math.max(sample, ahead - slack);
  tell();
}

// now is the server's time in ms.
export function now(): number {
  return ahead === null ? Date.now() : ahead + performance.now();
}

// tick is the server's time in whole seconds, for what is shown as time goes on.
export const tick = signal(Math.floor(Date.now() / second) * second);

function tell(): void {
  tick.value = Math.floor(now() / second) * second;
}

let onJump = () => {};

// whenJumped says what to do when this machine has slept, or its clock was set: what was heard before counts no more.
export function whenJumped(then: () => void): void {
  onJump = then;
}

setInterval(() => {
  const gap = Date.now() - performance.now();
  if (Math.abs(gap - apart) > 3 * second) {
    ahead = null;
    onJump();
  }
  apart = gap;
  tell();
}, 250);

// left is how many seconds remain until a deadline, to the nearest; 0 when it is past.
export function left(deadline: string): number {
  void tick.value; // what shows it is drawn anew each second
  return Math.max(0, Math.round((Date.parse(deadline) - now()) / second));
}

// passed is how many whole seconds have gone by since a time.
export function passed(since: string): number {
  return Math.max(0, Math.floor((tick.value - Date.parse(since)) / second));
}
