// Everybody can use it: axe-core finds nothing on any screen in either colour scheme; nothing scrolls sideways at 320 pixels or at
// 400 %; nothing moves for who wants no motion.
import assert from 'node:assert/strict';
import { audit, fits } from './audit.mjs';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';

// screens brings the desk into each of its states and hands them over by name.
async function screens(centre, seat, look) {
  const { page } = seat;
  await page.goto('/desk');
  await page.getByLabel('Password').waitFor();
  await look('sign-in');
  await seat.signIn('dana');
  await look('logged out');
  await seat.available();
  await look('idle');
  await centre.text(customers.ana, 'Hi, I still have not received my order');
  await seat.offer('Ana Silva').waitFor();
  await look('offer');
  await seat.accept('Ana Silva');
  await centre.text(customers.stranger, 'Hello — is this the shop?');
  await seat.offer('+1 202 555 0177').waitFor();
  await look('offer beside a conversation');
  await seat.accept('+1 202 555 0177');
  await seat.composer.fill('Yes — it is 😀');
  await page.getByRole('alert').getByText('Emoji are not relayed').waitFor();
  await look('a text that cannot be sent');
  await seat.composer.fill('Yes');
  await seat.composer.press('Control+Enter');
  await seat.log('+1 202 555 0177').getByText('Delivered').waitFor();
  await page.keyboard.press('Alt+n');
  await seat.composer.fill('a note');
  await seat.composer.press('Control+Enter');
  await seat.log('+1 202 555 0177').getByText('Your note').waitFor();
  await look('conversation with a note');
  await page.keyboard.press('Alt+l');
  await page.getByRole('button', { name: 'FAQ' }).click();
  await page.getByRole('option').first().waitFor();
  await look('FAQs');
  await page.keyboard.press('Escape');
  for (const [name, key] of [
    ['keys', '?'],
    ['palette', 'Control+k'],
    ['save', 'Alt+s'],
    ['transfer', 'Alt+t'],
    ['end', 'Alt+e'],
  ]) {
    await page.locator('.log').focus();
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor();
    await look(name);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('settings');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Settings' }).waitFor();
  await look('settings');
  await page.keyboard.press('Escape');
  await centre.text(customers.stranger, 'please stop texting me');
  await page.locator('.shut', { hasText: 'may have asked for no more texts' }).waitFor();
  await look('a wish that may be one');
  await page.getByRole('button', { name: 'No, that was not meant' }).click();
  await seat.composer.waitFor();
  await centre.text(customers.stranger, 'STOP');
  await page.locator('.shut', { hasText: 'has opted out.' }).waitFor();
  await look('opted out');
  await page.keyboard.press('Alt+e');
  await page.getByRole('button', { name: 'End without saving' }).click();
  await page.getByRole('heading', { name: 'Post-processing' }).waitFor();
  await look('post-processing');
}

scene('axe-core finds nothing on any screen', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await screens(centre, seat, (name) => audit(page, name));
  await page.getByRole('button', { name: /^Status/ }).click();
  await page.getByRole('menu').waitFor();
  await audit(page, 'status menu');
  await page.keyboard.press('Escape');
  const second = await seat.context.newPage();
  await second.goto('/desk');
  await page.getByRole('heading', { name: 'Your desktop is open elsewhere' }).waitFor();
  await audit(page, 'elsewhere');
});

// A window of 1280 by 1024 at 400 % has 320 by 256 CSS pixels.
for (const [width, height] of [
  [320, 640],
  [320, 256],
]) {
  scene(`everything fits into ${width} by ${height} pixels`, async (centre, take) => {
    const seat = await take({ width, height });
    const { page } = seat;
    await page.goto('/desk');
    await page.getByLabel('Password').waitFor();
    await fits(page, 'sign-in');
    await seat.signIn('dana');
    await seat.available();
    await fits(page, 'idle');
    await centre.text(customers.ana, 'Hi, I still have not received my order, number 1234567890123456789012345678901234567890');
    await seat.offer('Ana Silva').waitFor();
    for (const pane of [/Chats/, /^Chat$/, 'Customer']) {
      await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: pane }).click();
      await fits(page, `offer, ${pane}`);
    }
    await audit(page, `offer at ${width} by ${height}`);
    await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: /Chats/ }).click();
    await seat.offer('Ana Silva').getByRole('button', { name: 'Accept Chat' }).click();
    await seat.composer.fill('Sorry — it leaves today');
    await fits(page, 'conversation');
    await page.getByRole('button', { name: 'Send' }).click();
    await seat.log('Ana Silva').getByText('Delivered').waitFor();
    await page.getByRole('button', { name: 'FAQ' }).click();
    await page.getByRole('option').first().waitFor();
    await fits(page, 'FAQs');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await fits(page, 'end');
    await page.getByRole('button', { name: 'Save to CRM and end' }).click();
    await page.getByRole('heading', { name: 'Post-processing' }).waitFor();
    await fits(page, 'post-processing');
    await page.getByLabel('Solved').check();
    await page.getByRole('button', { name: 'End Post Processing' }).click();
    await page.getByRole('button', { name: /^Status: Available/ }).waitFor();
  });
}

scene('nothing moves for who wants no motion, and the focus stays where somebody writes', async (centre, take) => {
  const seat = await take({ reducedMotion: 'reduce', forcedColors: 'active' });
  const { page } = seat;
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ana, 'hello');
  await seat.accept('Ana Silva');
  await page.waitForFunction(() => document.activeElement?.id === 'reply');
  await page.keyboard.type('Good mor');
  await centre.text(customers.ben, 'hello too');
  await seat.offer('Ben Okafor').waitFor();
  assert.equal(await page.locator('.rail .chat-tab').evaluate((e) => getComputedStyle(e).animationName), 'none');
  await page.keyboard.type('ning');
  assert.equal(await seat.composer.inputValue(), 'Good morning');
  await page.getByRole('alert').getByText('Incoming SMS from Ben Okafor').waitFor();
});
