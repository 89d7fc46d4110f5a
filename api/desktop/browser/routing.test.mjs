// Six at once and no seventh; an offer that lapses; opting out; who the customer is.
import assert from 'node:assert/strict';
import { audit } from './audit.mjs';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';

scene('six conversations at once, and the seventh waits', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await seat.signIn('dana');
  await seat.available();
  const names = ['Ana Silva', 'Ben Okafor', 'Chloe Martin', 'Diego Ruiz', 'Eva Novak', "Finn O'Hara"];
  for (const [i, number] of Object.values(customers).slice(0, 6).entries()) {
    await centre.text(number, `question ${i + 1}`);
    await seat.offer(names[i]).waitFor();
    await page.keyboard.press('Alt+a');
    await seat.offer(names[i]).waitFor({ state: 'detached' });
  }
  await page.getByRole('img', { name: '6 of 6 places taken' }).waitFor();
  assert.equal(await page.locator('.chat').count(), 6);
  await centre.text(customers.stranger, 'question 7');
  const waiting = await centre.until(async () => (await centre.call('sam', 'GET', '/v1/conversations?state=queued')).items[0]);
  const why = await centre.call('sam', 'GET', `/v1/conversations/${waiting.id}/explain`);
  assert.ok(why.waiting_for.length > 0, JSON.stringify(why));
  assert.equal(await page.locator('.offer').count(), 0);

  // Each has its own transcript and its own draft.
  await seat.row('Ben Okafor').click();
  await seat.log('Ben Okafor').getByText('question 2').waitFor();
  await seat.composer.fill('for Ben');
  await page.keyboard.press('Alt+ArrowDown');
  await page.waitForFunction(() => document.querySelector('#reply')?.value === '');
  await seat.row('Ben Okafor').click();
  await page.waitForFunction(() => document.querySelector('#reply')?.value === 'for Ben');

  // While somebody points into the list its order stays; Alt+U goes to who has waited longest.
  await page.keyboard.press('Alt+u');
  await seat.log('Ana Silva').getByText('question 1').waitFor();

  // A new text is marked as unread where it is not looked at, and read where it is.
  await centre.text(customers.finn, 'are you there?');
  await seat.row("Finn O'Hara").getByText('1 unread').waitFor();
  await seat.row("Finn O'Hara").click();
  await page.getByText('1 unread').waitFor({ state: 'detached' });

  // One is ended and wrapped up: the seventh is offered.
  await page.keyboard.press('Alt+e');
  await page.getByRole('button', { name: 'End without saving' }).click();
  await page.getByRole('heading', { name: 'Post-processing' }).waitFor();
  await page.keyboard.press('Alt+p');
  await seat.offer('+1 202 555 0177').waitFor();
});

scene('an offer lapses, and goes to the screen of the next agent', async (centre, take) => {
  const ring = (seconds) =>
    centre.change((tenant) => {
      for (const queue of tenant.queues) queue.offer_timeout_seconds = seconds;
    });
  const offered = async (id) => (await centre.call(id, 'GET', '/v1/desk')).offers[0];
  await ring(15);
  const dana = await take();
  await dana.signIn('dana');
  await dana.available();
  const omar = await take();
  await omar.signIn('omar');
  await omar.available();
  const told = dana.notice('Ana Silva: You did not accept in time. The chat goes to the next agent.').waitFor(); // it goes by itself after a while
  const rang = dana.offer('Ana Silva').waitFor();
  await centre.text(customers.ana, 'anybody?');
  const first = await centre.until(() => offered('dana'));
  await ring(60); // what comes next is not to lapse
  await rang;
  await omar.offer('Ana Silva').waitFor();
  await told;
  const next = await offered('omar');
  assert.ok(Date.parse(next.expires_at) - 60_000 >= Date.parse(first.expires_at), `Omar was asked until ${next.expires_at}, Dana until ${first.expires_at}`);
  await dana.offer('Ana Silva').waitFor({ state: 'detached' });
  assert.equal(await dana.page.title(), 'Agent desktop · Switchyard');
  assert.doesNotMatch(await dana.page.locator('.rail .chat-tab').getAttribute('class'), /ringing/);
  await omar.accept('Ana Silva');
});

scene('rejecting is a permission', async (centre, take) => {
  const dana = await take(); // who has it, and is asked first
  await dana.signIn('dana');
  await dana.available();
  const lucia = await take(); // who has not
  await lucia.signIn('lucia');
  await lucia.available();
  await centre.text(customers.ben, 'hello');
  await dana.offer('Ben Okafor').getByRole('button', { name: 'Reject' }).click();
  await dana.offer('Ben Okafor').waitFor({ state: 'detached' });
  await lucia.offer('Ben Okafor').waitFor();
  assert.equal(await lucia.page.getByRole('button', { name: /Reject/ }).count(), 0);
  await lucia.accept('Ben Okafor');
});

scene('who is in a country to which no texts go is marked before a reply is written', async (centre, take) => {
  await centre.change((tenant) => {
    tenant.destinations = ['US'];
  });
  const seat = await take();
  await seat.signIn('dana');
  await seat.available();
  await centre.text('+14165550142', 'hello from Toronto');
  await seat.offer('+1 416 555 0142').getByRole('button', { name: 'Accept Chat' }).click();
  await seat.page.locator('.shut', { hasText: "Nothing can be sent: the customer's number is in CA, and destinations allows US only" }).waitFor();
  await seat.page.locator('.who').getByText('Cannot be texted').waitFor();
  assert.equal(await seat.composer.count(), 0);
  await audit(seat.page, 'a chat that cannot be answered');
  await seat.page.keyboard.press('Alt+n');
  await seat.composer.fill('Call instead.');
  await seat.page.getByRole('button', { name: 'Add note' }).click();
  await seat.log('+1 416 555 0142').getByText('Your note').waitFor();
});

scene('STOP ends sending, not the conversation; a text that cannot arrive says why', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ana, 'hello');
  await seat.accept('Ana Silva');
  await seat.composer.fill('Good morning');
  await centre.text(customers.ana, 'STOP');
  await page.locator('.shut', { hasText: 'Ana Silva has opted out.' }).waitFor();
  assert.equal(await seat.composer.count(), 0);
  await seat.row('Ana Silva').getByText('Opted out').waitFor();
  // A note is still possible.
  await page.keyboard.press('Alt+n');
  await seat.composer.fill('She wants no texts; call her.');
  await page.getByRole('button', { name: 'Add note' }).click();
  await seat.log('Ana Silva').getByText('Your note').waitFor();
  await centre.text(customers.ana, 'START');
  await page.locator('.shut', { hasText: 'Ana Silva has opted out.' }).waitFor({ state: 'detached' });
  await seat.composer.fill('Welcome back');
  await seat.composer.press('Control+Enter');
  await seat.log('Ana Silva').locator('.entry', { hasText: 'Welcome back' }).getByText('Delivered').waitFor();

  // What may be a wish is asked about; until then nothing can be written to her.
  await centre.text(customers.ana, 'please stop texting me');
  await page.locator('.shut', { hasText: 'Ana Silva may have asked for no more texts.' }).waitFor();
  assert.equal(await seat.composer.count(), 0);
  await page.getByRole('button', { name: 'No, that was not meant' }).click();
  await seat.composer.waitFor();
  await centre.text(customers.ana, 'leave me alone!');
  await page.getByRole('button', { name: 'Yes, send no more texts' }).click();
  await page.locator('.shut', { hasText: 'Ana Silva has opted out.' }).waitFor();

  await centre.text('+12025550404', 'can you reach me?');
  await seat.accept('+1 202 555 0404');
  await seat.composer.fill('I can try');
  await seat.composer.press('Control+Enter');
  await seat.log('+1 202 555 0404').getByText('Not delivered: the handset cannot be reached').waitFor();
  await seat.row('+1 202 555 0404').getByText('Not delivered').waitFor();
  await page.getByRole('button', { name: 'Write again' }).click();
  assert.equal(await seat.composer.inputValue(), 'I can try');
});

scene('who it is: a new customer is made, one of several is chosen', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  const record = page.getByRole('region', { name: 'Customer record' });
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.stranger, 'Hello, I am new here');
  await seat.offer('+1 202 555 0177').waitFor();
  await record.getByRole('heading', { name: 'New customer' }).waitFor();
  await record.getByLabel('Name', { exact: true }).fill('Grace Hall');
  assert.equal(await record.getByLabel('Number', { exact: true }).inputValue(), '+1 202 555 0177');
  await record.getByRole('button', { name: 'Create the record' }).click();
  await record.getByRole('heading', { name: 'Grace Hall' }).waitFor();
  await seat.offer('Grace Hall').waitFor(); // before it is accepted
  await seat.accept('Grace Hall');
  await record.getByLabel('Notes on the customer').fill('Likes blue.');
  await record.getByRole('button', { name: 'Save notes' }).click();
  await page.getByText('Notes saved.').waitFor();

  await centre.call('sam', 'POST', '/v1/customers', { name: 'Ana Silva the younger', numbers: [customers.ana] });
  await centre.text(customers.ana, 'hi');
  await seat.offer('+1 202 555 0110').waitFor();
  await record.getByRole('heading', { name: 'Choose the customer' }).waitFor();
  // The record of the chat that is worked with stays one click away.
  await record.getByRole('button', { name: 'Grace Hall Current' }).click();
  await record.getByRole('heading', { name: 'Grace Hall' }).waitFor();
  await record.getByRole('button', { name: /Incoming/ }).click();
  await record.getByRole('button', { name: /^Ana Silva the younger/ }).click();
  await seat.offer('Ana Silva the younger').waitFor();
  await seat.accept('Ana Silva the younger');
  const c = await centre.call('dana', 'GET', `/v1/conversations/${await seat.shown()}`);
  assert.equal(c.customer.name, 'Ana Silva the younger');
});
