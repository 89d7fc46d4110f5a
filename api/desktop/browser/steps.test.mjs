// The six steps of handling an SMS interaction, as an agent's manual tells them: once by mouse, once by keyboard alone.
import assert from 'node:assert/strict';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';

// over checks what the server has at the end: the case with the customer's record, the transcript, the phone's texts.
async function over(centre, id, answer) {
  const c = await centre.call('sam', 'GET', `/v1/conversations/${id}`);
  assert.equal(c.state, 'ended');
  assert.equal(c.disposition, 'solved');
  const saved = await centre.call('sam', 'GET', `/v1/cases/${c.case}`);
  assert.equal(saved.customer, c.customer.id);
  assert.deepEqual(saved.conversations, [id]);
  const { items } = await centre.call('sam', 'GET', `/v1/conversations/${id}/transcript`);
  assert.deepEqual(
    items.map((m) => [m.direction, m.kind]),
    [
      ['inbound', 'sms'],
      ['outbound', 'sms'],
      ['inbound', 'sms'],
      ['outbound', 'note'],
    ],
  );
  assert.equal(items[1].text, answer);
  const phone = await centre.phone(customers.ana);
  assert.equal(phone.texts.filter((t) => t.direction === 'received' && t.text === answer).length, 1);
}

const chatOf = (seat) => seat.page.locator('.chat').first().getAttribute('data-chat');

scene('the six steps by mouse', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await seat.signIn('dana');
  await seat.available();
  const calm = await page.locator('link[rel=icon]').getAttribute('href');

  // A text comes in: the chat tab is red and has blinked for less than five seconds, the icon is that of SMS, the record pops.
  await centre.text(customers.ana, 'Hi, I still have not received my order 😀');
  const offer = seat.offer('Ana Silva');
  await offer.getByText('[emoji: grinning face]').waitFor();
  const tab = page.locator('.rail .chat-tab');
  assert.match(await tab.getAttribute('class'), /ringing/);
  const blink = await tab.evaluate((e) => {
    const s = getComputedStyle(e);
    return { name: s.animationName, lasts: parseFloat(s.animationDuration) * parseFloat(s.animationIterationCount) };
  });
  assert.equal(blink.name, 'blink');
  assert.ok(blink.lasts <= 5, `blinks for ${blink.lasts} s`);
  await page.waitForFunction(() => document.title === '(1) Incoming SMS · Ana Silva');
  assert.notEqual(await page.locator('link[rel=icon]').getAttribute('href'), calm);
  await page.getByRole('alert').getByText('Incoming SMS from Ana Silva, Support. Press Alt+A to accept.').waitFor();
  const record = page.getByRole('region', { name: 'Customer record' });
  await record.getByRole('heading', { name: 'Ana Silva' }).waitFor();

  // 1. The check mark beside the name accepts; every signal stops.
  const id = await chatOf(seat);
  await page.getByRole('button', { name: 'Accept chat with Ana Silva' }).click();
  await offer.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.title === 'Agent desktop · Switchyard');
  assert.equal(await page.locator('link[rel=icon]').getAttribute('href'), calm);
  assert.doesNotMatch(await tab.getAttribute('class'), /ringing/);

  // 2. The record with its cases and its history.
  await record.getByText('Scarf missing from parcel').click();
  await record.getByText('medium').waitFor();
  await record.locator('details', { hasText: 'A new one leaves our warehouse' }).locator('summary').click();
  await record.getByText('the parcel came but the blue scarf is missing').waitFor();

  // 3. An emoji is refused by name, and an answer is inserted from the FAQs instead.
  await seat.composer.fill('Sorry 😀');
  await page.getByText('Emoji are not relayed to phones: 😀').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Send' }).isDisabled());
  await page.getByRole('button', { name: 'Take it out' }).click();
  await seat.composer.fill('');
  await page.getByRole('button', { name: 'FAQ' }).click();
  await page.getByRole('option', { name: /Where is my order/ }).click();
  const answer = await seat.composer.inputValue();
  assert.match(answer, /^Hello Ana, orders leave our warehouse/);
  await page.getByText('GSM-7 · 119 characters · 1 segment · 41 left').waitFor();
  await page.getByRole('button', { name: 'Send' }).click();
  await seat.log('Ana Silva').getByText('Delivered').waitFor();
  assert.equal(await seat.composer.inputValue(), '');
  await centre.text(customers.ana, 'Great, that is all. Thank you!');
  await seat.log('Ana Silva').getByText('that is all').waitFor();

  // 4. Save to CRM, from the menu.
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Save to CRM A new case', exact: true }).click();
  await seat.notice(/^Saved to CRM as case #\d+\.$/).waitFor();
  await record.getByText('This chat').waitFor();

  // 5. End begins the post-processing.
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('heading', { name: 'Post-processing' }).waitFor();

  // 6. Notes, a disposition, End Post Processing.
  await page.getByRole('button', { name: '+60 s' }).click();
  await page.getByRole('button', { name: 'Extended' }).waitFor();
  await page.getByLabel('Notes', { exact: true }).fill('Sent the tracking link.');
  await page.getByLabel('Solved').check();
  await page.getByRole('button', { name: 'End Post Processing' }).click();
  await page.getByRole('heading', { name: 'No conversation' }).waitFor();
  await page.getByRole('button', { name: /^Status: Available/ }).waitFor();
  await over(centre, id, answer);

  // She writes again: a new conversation, and the agent is told that it goes on.
  await centre.change((tenant) => {
    for (const queue of tenant.queues) queue.reopen_hours = 24;
  });
  await centre.text(customers.ana, 'One more thing');
  await offer.getByRole('button', { name: 'Accept Chat' }).click();
  await page.getByText('Writes again').waitFor();
});

scene('the six steps by keyboard alone', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  const { keyboard } = page;
  const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  // tabTo presses Tab until the focus is where it is wanted.
  const tabTo = async (locator) => {
    for (let n = 0; n < 60; n++) {
      if (await locator.evaluate((e) => e === document.activeElement)) return;
      await keyboard.press('Tab');
    }
    assert.fail(`Tab does not reach it; the focus is at ${await focus()}`);
  };
  seat.expect(/status of 401/);
  await page.goto('/desk');
  await tabTo(page.getByLabel('Name you sign in with'));
  await keyboard.type('dana');
  await keyboard.press('Tab');
  await keyboard.type(centre.person('dana').password);
  await keyboard.press('Enter');
  await page.getByText('Live', { exact: true }).waitFor();

  // Available, from the status menu.
  await tabTo(page.getByRole('button', { name: /^Status: Logged out/ }));
  await keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await keyboard.press('Home');
  await keyboard.press('Enter');
  await page.getByRole('button', { name: /^Status: Available/ }).waitFor();

  await centre.text(customers.ana, 'Hi, I still have not received my order');
  await seat.offer('Ana Silva').waitFor();
  const id = await chatOf(seat);
  await keyboard.press('Alt+a');
  await seat.offer('Ana Silva').waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.id === 'reply');

  await keyboard.press('/');
  await page.getByRole('combobox', { name: 'Search FAQs' }).waitFor();
  await keyboard.type('order');
  await page.getByRole('option', { name: /Where is my order/ }).waitFor();
  await keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'reply');
  const answer = await seat.composer.inputValue();
  await keyboard.press('Control+Enter');
  await seat.log('Ana Silva').getByText('Delivered').waitFor();
  await centre.text(customers.ana, 'That is all. Thank you!');
  await seat.log('Ana Silva').getByText('That is all').waitFor();

  // End asks whether to save first; Enter is Save to CRM and end.
  await keyboard.press('Alt+e');
  await page.getByRole('dialog', { name: 'End the chat?' }).waitFor();
  await keyboard.press('Enter');
  await seat.notice(/^Saved to CRM as case #\d+\.$/).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === 'wrap-up-title');
  await tabTo(page.getByLabel('Solved'));
  await keyboard.press('Space');
  await keyboard.press('Tab');
  await keyboard.type('Sent the tracking link.');
  await keyboard.press('Alt+p');
  await page.getByRole('heading', { name: 'No conversation' }).waitFor();
  await over(centre, id, answer);

  // The sheet of keys opens by "?" and closes by Esc, and the palette finds deeds by their words.
  await keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await keyboard.press('Control+k');
  await keyboard.type('break');
  await keyboard.press('Enter');
  await page.getByRole('button', { name: /^Status: On break/ }).waitFor();
});
