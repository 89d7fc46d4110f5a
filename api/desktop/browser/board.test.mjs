// The wallboard: the floor live, the line with its reasons, a conversation that is read along, whispered into and taken over; and a
// transfer between two desks.
import assert from 'node:assert/strict';
import { audit, fits } from './audit.mjs';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';

scene('a supervisor watches the floor, whispers, takes over and hands on', async (centre, take) => {
  const sam = await take();
  const { page } = sam;
  await sam.signIn('sam', '/board');
  await page.getByText('Live', { exact: true }).waitFor();
  const total = (name) => page.locator('.totals div').filter({ has: page.getByText(name, { exact: true }) }).locator('dd');
  const row = (name) => page.getByRole('row', { name });
  await centre.text(customers.ana, 'Is anybody there?');
  await total('Waiting').getByText('1', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Support', exact: true }).click();
  await page.getByRole('button', { name: 'Ana Silva', exact: true }).waitFor();
  await page.locator('.line-up li li').first().waitFor(); // why it waits
  await audit(page, 'wallboard with a line');

  // Dana comes, and it is offered to her.
  const dana = await take();
  await dana.signIn('dana');
  await dana.available();
  await dana.accept('Ana Silva');
  await row('Dana Reyes').getByText('Busy').waitFor();
  await row('Dana Reyes').getByText('1 of 6').waitFor();
  await page.getByRole('button', { name: 'Dana Reyes', exact: true }).click();
  await page.getByRole('button', { name: '+1 202 555 0110', exact: true }).click();
  const log = page.getByRole('log', { name: 'Conversation with Ana Silva' });
  await log.getByText('Is anybody there?').waitFor();
  await dana.composer.fill('Yes, good morning!');
  await dana.composer.press('Control+Enter');
  await log.getByText('Yes, good morning!').waitFor();
  await log.getByRole('article').filter({ hasText: 'Yes, good morning!' }).getByText('Delivered').waitFor();

  // A whisper is seen by the agent and not by the customer.
  await page.getByLabel('Whisper to Dana Reyes').fill('Offer her a refund.');
  await page.getByRole('button', { name: 'Whisper', exact: true }).click();
  await dana.log('Ana Silva').getByText('Offer her a refund.').waitFor();
  await dana.log('Ana Silva').getByText('to you alone').waitFor();
  await audit(page, 'wallboard with a conversation');

  // Taken over, it leaves the agent's desk, and the supervisor answers.
  const told = dana.notice('has taken the conversation over').waitFor();
  await page.getByRole('button', { name: 'Take over', exact: true }).click();
  await page.getByLabel('Reply to the customer').fill('This is Sam, let me help.');
  await told;
  await dana.page.getByRole('heading', { name: 'No conversation' }).waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await log.getByText('This is Sam, let me help.').waitFor();
  const texts = async () => (await centre.phone(customers.ana)).texts.filter((t) => t.direction === 'received').map((t) => t.text);
  await centre.until(async () => (await texts()).includes('This is Sam, let me help.'));
  assert.ok(!(await texts()).some((t) => t.includes('refund')));

  // It is led to an agent, as an offer.
  await page.getByLabel('Assign to').selectOption({ label: 'Dana Reyes, 0 of 6' });
  await page.getByRole('button', { name: 'Assign', exact: true }).click();
  await dana.accept('Ana Silva');

  // Her status is changed by the supervisor, and she sees it.
  await row('Dana Reyes').getByRole('button', { name: /Busy/ }).click();
  await page.getByRole('menuitemradio', { name: 'On break' }).click();
  await dana.page.getByRole('button', { name: /^Status: On break/ }).waitFor();
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page, 'wallboard');
});

scene('a supervisor changes a priority, releases and ends', async (centre, take) => {
  const dana = await take();
  await dana.signIn('dana');
  await dana.available();
  await centre.text(customers.ana, 'hello');
  await dana.accept('Ana Silva');
  const id = await dana.shown();
  const sam = await take();
  const { page } = sam;
  await sam.signIn('sam', '/board');
  await page.getByRole('button', { name: 'Dana Reyes', exact: true }).click();
  await page.getByRole('button', { name: '+1 202 555 0110', exact: true }).click();
  const log = page.getByRole('log', { name: 'Conversation with Ana Silva' });
  await log.getByText('hello').waitFor();

  // Released, it leaves the desk and waits again at its old age; its priority is raised in the line.
  await centre.call('dana', 'PUT', '/v1/desk/status', { status: 'busy_stop_new' });
  await page.getByRole('button', { name: 'Release', exact: true }).click();
  await dana.page.getByRole('heading', { name: 'No conversation' }).waitFor();
  await page.getByRole('combobox', { name: 'Priority' }).selectOption('9');
  await sam.notice('Priority changed.').waitFor();
  const c = await centre.call('sam', 'GET', `/v1/conversations/${id}`);
  assert.deepEqual([c.state, c.priority], ['queued', 9]);

  // Back with the agent it is ended, and she wraps it up.
  await centre.call('dana', 'PUT', '/v1/desk/status', { status: 'available' });
  await dana.accept('Ana Silva');
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await dana.page.getByRole('heading', { name: 'Post-processing' }).waitFor();
});

for (const [width, height] of [
  [320, 640],
  [320, 256],
]) {
  scene(`the wallboard fits into ${width} by ${height} pixels, its first page and its menus too`, async (centre, take) => {
    await centre.text(customers.ana, 'Is anybody there? Order 1234567890123456789012345678901234567890');
    const sam = await take({ width, height });
    const { page } = sam;
    await page.goto('/board');
    await page.getByLabel('Password').waitFor();
    await audit(page, 'sign-in');
    await sam.signIn('sam', '/board');
    await page.getByRole('button', { name: 'Support', exact: true }).waitFor();
    await fits(page, 'wallboard');
    await audit(page, 'wallboard');
    await page.getByRole('button', { name: 'Support', exact: true }).click();
    await page.getByRole('button', { name: 'Ana Silva', exact: true }).click();
    await page.getByRole('log').getByText('Is anybody there?').waitFor();
    await fits(page, 'a conversation');
    await page.getByRole('button', { name: /^Dana Reyes: Logged out/ }).click();
    await page.getByRole('menu').waitFor();
    await fits(page, 'a status menu');
    await audit(page, 'a status menu');
  });
}

scene('a transfer is an offer: the first agent keeps it until the second has accepted', async (centre, take) => {
  const dana = await take();
  await dana.signIn('dana');
  await dana.available();
  await centre.text(customers.ana, 'I have a question about my invoice');
  await dana.accept('Ana Silva');
  const priya = await take();
  await priya.signIn('priya');
  await priya.available();
  await dana.page.keyboard.press('Alt+t');
  await dana.page.getByRole('dialog').getByRole('combobox').selectOption({ label: 'Priya Nair' });
  await dana.page.getByLabel('Note for who takes it').fill('She wants the invoice of March.');
  await dana.page.getByRole('dialog').getByRole('button', { name: 'Transfer', exact: true }).click();
  await dana.page.getByText('Transfer to Priya Nair under way').waitFor();
  await dana.log('Ana Silva').getByText('I have a question').waitFor();
  await priya.offer('Ana Silva').getByText('Transfer').waitFor();
  const left = dana.notice('has left your desk: the transfer was accepted').waitFor(); // it goes by itself after a while
  await priya.accept('Ana Silva');
  await priya.log('Ana Silva').getByText('She wants the invoice of March.').waitFor();
  await left;
  await dana.page.getByRole('heading', { name: 'No conversation' }).waitFor();
  await priya.composer.fill('Hello Ana, this is Priya.');
  await priya.composer.press('Control+Enter');
  await priya.log('Ana Silva').getByText('Delivered').waitFor();
});
