// The customers' phones, with an agent at the other end.
import assert from 'node:assert/strict';
import { audit, fits } from './audit.mjs';
import { scene } from './browser.mjs';

scene('customers text from phones side by side, and see what reaches them', async (centre, take) => {
  const desk = await take();
  await desk.signIn('dana');
  await desk.available();
  const customer = await take();
  const { page } = customer;
  await page.goto('/simulated/phone'); // where it was
  await page.waitForURL('**/phone');
  const phone = (name) => page.getByRole('region', { name: `Phone of ${name}` });
  await phone('Ana Silva').getByRole('textbox').fill('Hello, it is me');
  await phone('Ana Silva').getByRole('textbox').press('Enter');
  // The demo's Ana may have texted before: it is this text that was taken.
  const text = phone('Ana Silva').getByRole('article').filter({ has: page.getByText('Hello, it is me', { exact: true }) });
  await text.getByText('Taken by the business').waitFor();
  await desk.accept('Ana Silva');
  await phone('Ben Okafor').getByLabel('Picture').check();
  await phone('Ben Okafor').getByRole('button', { name: 'Send' }).click();
  await desk.accept('Ben Okafor');
  await desk.log('Ben Okafor').getByText('[image not shown: image/jpeg]').waitFor();
  await desk.row('Ana Silva').click();
  await desk.composer.fill('Hello Ana');
  await desk.composer.press('Control+Enter');
  const answer = phone('Ana Silva').getByRole('article').filter({ has: page.getByText('Hello Ana', { exact: true }) });
  await answer.getByText('Arrived').waitFor();
  await phone('Ana Silva').getByRole('button', { name: 'STOP' }).click();
  await desk.page.locator('.shut', { hasText: 'Ana Silva has opted out.' }).waitFor();
  await phone('Ana Silva').getByRole('article').filter({ hasText: 'You will receive no more texts from us.' }).waitFor();

  // On a Twilio line it is the carrier that heeds STOP.
  await phone('Ben Okafor').getByLabel('To').selectOption({ label: '+1 415 555 0100 · billing-line (twilio)' });
  await phone('Ben Okafor').getByRole('button', { name: 'STOP' }).click();
  await phone('Ben Okafor').getByText('The carrier stops texts from this number.').waitFor();

  // Another phone is put there, stays after a reload, and is put away.
  await page.getByLabel('Its number').fill('+1 202 555 0404');
  await page.getByRole('button', { name: 'Put it here' }).click();
  await phone('Out of reach').waitFor();
  await page.reload();
  await phone('Out of reach').waitFor();
  await audit(page, 'phones');
  await page.getByRole('button', { name: 'Put away the phone of Out of reach' }).click();
  await phone('Out of reach').waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('region', { name: /^Phone of/ }).count(), 3);
  for (const height of [640, 256]) {
    await page.setViewportSize({ width: 320, height });
    await fits(page, `phones at 320 by ${height}`);
  }
  await audit(page, 'phones, narrow');
});
