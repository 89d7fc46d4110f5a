// What else a shift is made of: stop new, saving into an open case, a disposition that is needed, an order that stays, and how an
// incoming chat makes itself heard outside the window.
import assert from 'node:assert/strict';
import { audit } from './audit.mjs';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';

scene('stop new keeps the chats and brings no more', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ana, 'hello');
  await seat.accept('Ana Silva');
  await page.getByRole('switch', { name: 'Stop new' }).click();
  await page.getByRole('button', { name: /^Status: Busy, stop new/ }).waitFor();
  await centre.text(customers.ben, 'hello too');
  const waiting = await centre.until(async () => (await centre.call('sam', 'GET', '/v1/conversations?state=queued')).items[0]);
  const why = await centre.call('sam', 'GET', `/v1/conversations/${waiting.id}/explain`);
  assert.equal(why.waiting_for[0].for, 'agent_available');
  assert.equal(await page.locator('.offer').count(), 0);
  await seat.composer.fill('Good morning');
  await seat.composer.press('Control+Enter');
  await seat.log('Ana Silva').getByText('Delivered').waitFor();
  await page.getByRole('switch', { name: 'Stop new' }).click();
  await seat.offer('Ben Okafor').waitFor();

  // A status with its reason, from the menu.
  await page.getByRole('button', { name: /^Status/ }).click();
  await page.getByRole('menuitemradio', { name: 'On break: Lunch' }).click();
  await page.getByRole('button', { name: /^Status: On break: Lunch/ }).waitFor();
  const me = await centre.call('dana', 'GET', '/v1/desk');
  assert.deepEqual([me.agent.status, me.agent.status_reason], ['on_break', 'lunch']);
});

scene('a chat goes into an open case, and ends with the disposition that its queue needs', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await seat.signIn('priya');
  await seat.available();
  await centre.text(customers.ana, 'The scarf is still missing', centre.line('billing-line'));
  await seat.accept('Ana Silva');
  const id = await seat.shown();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Save to CRM with details/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Save to CRM' });
  const into = dialog.getByRole('combobox', { name: 'Case' });
  await into.waitFor();
  const [, open] = await into.getByRole('option').all();
  await into.selectOption(await open.getAttribute('value'));
  await dialog.getByLabel('Notes').fill('Wrote again.');
  await dialog.getByLabel('End the chat as well').check();
  await dialog.getByRole('button', { name: 'Save to CRM' }).click();
  await page.getByRole('heading', { name: 'Post-processing' }).waitFor();
  await page.getByRole('button', { name: 'End Post Processing' }).click();
  await page.getByText('Choose a disposition first; this queue needs one.').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'disposition');
  await page.getByLabel('Follow-up needed').check();
  await page.getByRole('button', { name: 'End Post Processing' }).click();
  await page.getByRole('heading', { name: 'No conversation' }).waitFor();
  const c = await centre.call('sam', 'GET', `/v1/conversations/${id}`);
  assert.equal(c.disposition, 'follow-up');
  const saved = await centre.call('sam', 'GET', `/v1/cases/${c.case}`);
  assert.equal(saved.subject, 'Scarf missing from parcel');
  assert.equal(saved.conversations.at(-1), id);
  assert.ok(saved.conversations.length > 1);
});

scene('an agent sees who waits, and chooses other keys', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await centre.text(customers.ana, 'Is anybody there?');
  await seat.signIn('dana');
  const queues = page.getByRole('region', { name: 'My queues' });
  await queues.getByRole('listitem').filter({ hasText: 'Support' }).getByText('1 waiting').waitFor();
  await queues.getByRole('listitem').filter({ hasText: 'Billing' }).getByText('nobody waits').waitFor();
  await page.getByLabel('Notes to self').fill('Ask Sam about Friday.');

  // Alt+J accepts instead of Alt+A, and Alt+A does nothing any more; a key that is taken is given in exchange.
  await page.locator('#chats-tab').focus();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  const another = async (words) => {
    await dialog.getByRole('button', { name: `Change the key: ${words}`, exact: true }).click();
    await dialog.getByRole('button', { name: `Press it now… the key: ${words}`, exact: true }).waitFor();
  };
  await another('Accept the incoming chat');
  await page.keyboard.press('Alt+5');
  await dialog.getByText('Choose a letter, an arrow or a sign').waitFor();
  await another('Accept the incoming chat');
  await page.keyboard.press('Alt+j');
  await dialog.getByText('Alt J: Accept the incoming chat.').waitFor();
  await another('End the chat');
  await page.keyboard.press('Alt+t');
  await dialog.getByText('Alt T: End the chat. Alt E: Transfer.').waitFor();
  await another('Transfer');
  await page.keyboard.press('Escape'); // leaves it, and the sheet open
  await dialog.getByRole('button', { name: 'Change the key: Transfer', exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'The usual keys' }).waitFor();
  await audit(page, 'keys that were changed');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.reload();
  await seat.available();
  await seat.offer('Ana Silva').waitFor();
  await page.getByRole('alert').getByText('Press Alt+J to accept.').waitFor();
  await page.keyboard.press('Alt+a');
  await page.keyboard.press('Alt+j');
  await seat.offer('Ana Silva').waitFor({ state: 'detached' });
  await page.keyboard.press('Alt+t');
  await page.getByRole('dialog', { name: 'End the chat?' }).waitFor();
  await page.getByRole('button', { name: 'End without saving' }).click();
  await page.getByRole('heading', { name: 'Post-processing' }).waitFor();
  await page.keyboard.press('Alt+p');
  await page.getByRole('heading', { name: 'No conversation' }).waitFor();
  assert.equal(await page.getByLabel('Notes to self').inputValue(), 'Ask Sam about Friday.');
  await queues.getByRole('listitem').filter({ hasText: 'Support' }).getByText('nobody waits').waitFor();

  await page.keyboard.press('?');
  await dialog.getByRole('button', { name: 'The usual keys' }).click();
  await dialog.getByRole('button', { name: 'The usual keys' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await centre.text(customers.ben, 'hello');
  await seat.offer('Ben Okafor').waitFor();
  await page.keyboard.press('Alt+a');
  await seat.offer('Ben Okafor').waitFor({ state: 'detached' });
});

scene('the list keeps its order while somebody points into it', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ana, 'first');
  await seat.accept('Ana Silva');
  await centre.text(customers.ben, 'second');
  await seat.accept('Ben Okafor');
  const order = () => page.locator('.chats .row b').allTextContents();
  assert.deepEqual(await order(), ['Ana Silva', 'Ben Okafor']);
  await seat.row('Ana Silva').click(); // and the pointer stays
  await seat.composer.fill('An answer — by hand');
  await page.getByRole('button', { name: 'Replace with plain characters' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('#reply').value === 'An answer - by hand');
  await seat.composer.press('Control+Enter');
  await seat.row('Ana Silva').getByText(/^Answered/).waitFor();
  assert.deepEqual(await order(), ['Ana Silva', 'Ben Okafor']);
  await page.mouse.move(700, 300);
  await page.waitForFunction(() => document.querySelector('.chats .row b').textContent === 'Ben Okafor');
});

// witness notes what a page would let a person hear and see outside of it.
function witness() {
  const all = (window.witnessed = { tones: 0, notifications: [] });
  document.hasFocus = () => false;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function count(...at) {
    all.tones++;
    return start.apply(this, at);
  };
  window.Notification = class {
    static permission = 'granted';
    constructor(title, options) {
      all.notifications.push(this);
      Object.assign(this, { title, ...options, closed: false });
    }
    close() {
      this.closed = true;
    }
  };
}

scene('an incoming chat rings and notifies, and all of it stops with the offer', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await page.clock.install();
  await page.addInitScript(witness);
  const seen = () => page.evaluate(() => ({ ...window.witnessed, notifications: window.witnessed.notifications.map((n) => ({ ...n })) }));
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ana, 'hello');
  await seat.offer('Ana Silva').waitFor();
  await page.waitForFunction(() => window.witnessed.tones > 0);
  const [notification] = (await seen()).notifications;
  assert.deepEqual([notification.title, notification.body, notification.closed], ['Incoming SMS', 'Ana Silva · Support', false]);
  assert.match(notification.tag, /^of_/);

  // It goes on ringing until Esc, and the card stays.
  const { tones } = await seen();
  await page.clock.runFor(5200);
  assert.ok((await seen()).tones > tones, 'it rings no more');
  await page.keyboard.press('Escape');
  const silent = (await seen()).tones;
  await page.clock.runFor(10_000);
  assert.equal((await seen()).tones, silent, 'it rings after Esc');
  await seat.offer('Ana Silva').waitFor();

  // Another one rings again, and is quiet at once when a colleague or the server has ended it.
  await centre.text(customers.ben, 'hello');
  await seat.offer('Ben Okafor').waitFor();
  await page.waitForFunction((before) => window.witnessed.tones > before, silent);
  await centre.call('dana', 'PUT', '/v1/desk/status', { status: 'on_break' });
  const { offers } = await centre.call('dana', 'GET', '/v1/desk');
  for (const offer of offers) await centre.call('dana', 'POST', `/v1/offers/${offer.id}/reject`, {});
  await page.waitForFunction(() => document.querySelectorAll('.offer').length === 0);
  const after = await seen();
  assert.ok(after.notifications.every((n) => n.closed));
  await page.clock.runFor(10_000);
  assert.equal((await seen()).tones, after.tones, 'it rings after its end');
  assert.equal(await page.title(), 'Agent desktop · Switchyard');
});
