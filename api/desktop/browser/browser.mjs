// Chromium, and the people who sit in front of it.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { Centre } from './centre.mjs';

const patience = Number(process.env.PATIENCE ?? 60_000); // ms; only ever used up by a failure

let running;

// chrome is the one browser of this run.
export function chrome() {
  running ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    timeout: patience,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
  return running;
}

export async function closeChrome() {
  await (await running)?.close();
}

export const scenes = [];

// scene is a test in a contact centre of its own. It gets the centre and a way to take seats, which are left at its end.
export function scene(name, play, start = () => Centre.start()) {
  scenes.push({ name, run: () => inCentre(play, start) });
}

async function inCentre(play, start) {
  const seats = [];
  const centre = await start();
  try {
    await play(centre, async (options) => {
      seats.push(await Seat.take(centre, options));
      return seats.at(-1);
    });
    for (const seat of seats) seat.settle();
  } finally {
    for (const seat of seats) await seat.context.close();
    await centre.stop();
  }
}

// Seat is one person's browser window. What its console complains of fails the test at its end.
export class Seat {
  static async take(centre, options = {}) {
    const seat = new Seat();
    seat.centre = centre;
    seat.complaints = [];
    seat.expected = [];
    const { width = 1360, height = 850, ...more } = options;
    seat.context = await (await chrome()).newContext({
      baseURL: centre.base,
      viewport: { width, height },
      timezoneId: 'UTC',
      locale: 'en-GB',
      permissions: ['notifications'],
      ...more,
    });
    seat.context.setDefaultTimeout(patience);
    seat.page = await seat.context.newPage();
    seat.watch(seat.page);
    return seat;
  }

  watch(page) {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`uncaught: ${error.message}`));
  }

  // expect says that the console may complain of this, such as a refused password or a broken line.
  expect(pattern) {
    this.expected.push(pattern);
  }

  // settle fails the test for complaints that nobody expected.
  settle() {
    const real = this.complaints.filter((c) => !this.expected.some((pattern) => pattern.test(c)));
    assert.deepEqual(real, [], 'the console complains');
  }

  // signIn opens the desk and signs an agent in, by the form.
  async signIn(id, at = '/desk') {
    this.expect(/status of 401/); // the question who is signed in, which nobody was
    await this.page.goto(at);
    await this.page.getByLabel('Name you sign in with').fill(id);
    await this.page.getByLabel('Password').fill(this.centre.person(id).password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    if (at === '/desk') await this.page.getByText('Live', { exact: true }).waitFor();
  }

  // available begins the shift.
  async available() {
    await this.page.getByRole('button', { name: 'Start: be available' }).click();
    await this.page.getByRole('button', { name: /^Status: Available/ }).waitFor();
  }

  offer(name) {
    return this.page.getByRole('article', { name: `Incoming SMS from ${name}`, exact: true });
  }

  // notice is one of the short notices that come and go.
  notice(text) {
    return this.page.locator('.notices').getByText(text);
  }

  async accept(name) {
    await this.offer(name).getByRole('button', { name: 'Accept Chat' }).click();
    await this.page.getByRole('region', { name: 'Conversation', exact: true }).getByRole('heading', { name, exact: true }).waitFor();
    await this.composer.waitFor();
    await this.offer(name).waitFor({ state: 'detached' });
  }

  // row is a conversation's in the list; what rings is an offer.
  row(name) {
    return this.page.locator('.chat:not(.rings) .row').filter({ has: this.page.locator('b').getByText(name, { exact: true }) });
  }

  log(name) {
    return this.page.getByRole('log', { name: `Conversation with ${name}` });
  }

  // shown is the id of the conversation that is looked at.
  shown() {
    return this.page.locator('.chat[data-shown=true]').getAttribute('data-chat');
  }

  get composer() {
    return this.page.locator('#reply');
  }
}
