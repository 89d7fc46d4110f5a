// Forms of administration whose parts have an order or a place of their own: a channel's rules, and what holds for the whole centre.
import assert from 'node:assert/strict';
import { administer, inForce, inTheHouse, open, plan } from './administration.mjs';
import { audit } from './audit.mjs';
import { scene } from './browser.mjs';

scene("an administrator changes a channel's rules by its form, and keeps what it does not ask for", async (centre, take) => {
  await centre.change((tenant) => {
    tenant.schedules = [{ id: 'office', zone: 'Europe/Paris', open: [{ days: ['mon'], from: '09:00', to: '17:00' }] }];
    tenant.channels[0].rules = [
      { name: 'vip', attribute: { name: 'tier', is: 'VIP' }, priority: 9 },
      { name: 'orders', keywords: ['order'], priority: 3 },
    ];
    tenant.channels[0].secrets = ['env:OLD_SECRET'];
  });
  const seat = await administer(take);
  const { page } = seat;
  seat.expect(/status of 422/);
  const dialog = page.getByRole('dialog');
  const rule = (n) => dialog.getByRole('group', { name: `Rules, ${n}`, exact: true });
  const send = () => dialog.getByRole('button', { name: 'Change the draft' }).click();
  const before = (await inTheHouse(centre)).means.channels[0];
  await open(page, 'Channels');
  await page.getByRole('row', { name: before.number }).getByRole('button').click();
  await dialog.getByText('Kept as the document has it: secrets.').waitFor();
  await dialog.getByRole('button', { name: 'Another rule' }).click();
  await rule(3).getByLabel('Name', { exact: true }).fill('invoices');
  await rule(3).getByLabel('When the text matches').fill('invoice(');
  await rule(3).getByRole('combobox', { name: 'It goes to' }).selectOption('billing');
  await send();
  await dialog.locator('.trouble').filter({ visible: true }).getByText(/^3: "invoice\(" is no regular expression/).waitFor();
  await audit(page, "a channel's form with a mistake in a rule");
  await rule(3).getByLabel('When the text matches').fill('');
  await rule(3).getByLabel('When the text has one of the words').pressSequentially('invoice, bill,');
  await rule(3).getByRole('combobox', { name: 'While these hours are open' }).selectOption('office');
  await rule(3).getByRole('button', { name: 'Another skill' }).click();
  const skill = rule(3).getByRole('group', { name: 'Needs in addition, 1' });
  await skill.getByRole('combobox', { name: 'Skill', exact: true }).selectOption('orders');
  await skill.getByRole('combobox', { name: 'Level at least' }).selectOption('60');

  // The first rule that holds counts, so their order can be changed; what is typed goes with its rule.
  await rule(3).getByRole('button', { name: 'Move up Rules, 3' }).click();
  assert.equal(await rule(2).getByLabel('When the text has one of the words').inputValue(), 'invoice, bill');
  assert.equal(await rule(3).getByLabel('When the text has one of the words').inputValue(), 'order');
  assert.equal(await rule(1).getByRole('button', { name: /^Move up/ }).count(), 0);
  await rule(1).getByRole('button', { name: 'Take out Rules, 1' }).click();
  await audit(page, "a channel's form with rules");
  await send();
  await dialog.waitFor({ state: 'detached' });
  await inForce(page);
  assert.deepEqual((await inTheHouse(centre)).means.channels[0], {
    ...before,
    rules: [
      { name: 'invoices', keywords: ['invoice', 'bill'], during: 'office', queue: 'billing', skills: [{ skill: 'orders', level: 60 }] },
      { name: 'orders', keywords: ['order'], priority: 3 },
    ],
  });
});

scene('what holds for the whole centre has a form', async (centre, take) => {
  const seat = await administer(take);
  const { page } = seat;
  seat.expect(/status of 422/);
  const before = await inTheHouse(centre);
  await open(page, 'Centre');
  const field = (words) => page.locator('.field', { hasText: words });
  const send = () => page.getByRole('button', { name: 'Change the draft' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Harbour & Sons');
  await page.getByLabel('Other words for STOP').fill('arrêt, basta');
  await page.getByLabel('Numbers whose texts are not kept').fill('+12025550199, 555');
  await send();
  await field('Numbers whose texts are not kept').locator('.trouble').getByText(/^2: /).waitFor();
  await page.waitForFunction(() => document.activeElement?.value === '+12025550199, 555');
  assert.equal(await page.getByRole('button', { name: 'Put in force' }).count(), 0);
  await audit(page, 'the form of the centre with a mistake');
  await page.getByLabel('Numbers whose texts are not kept').fill('+12025550199');
  await page.getByLabel('Identity provider (OpenID Connect)').fill('login.example.com');
  await page.getByLabel('Client id there').fill('switchyard');
  await page.getByLabel('Client secret there').fill('env:OIDC_CLIENT_SECRET');
  await send();
  await field('Identity provider (OpenID Connect)').locator('.trouble').waitFor();
  await page.getByLabel('Identity provider (OpenID Connect)').fill('https://login.example.com');
  await send();
  await plan(page).getByText('Harbour & Sons').waitFor();
  await inForce(page);
  const { text, means } = await inTheHouse(centre);
  assert.deepEqual(means, {
    ...before.means,
    name: 'Harbour & Sons',
    keywords: { ...before.means.keywords, stop: ['arrêt', 'basta'] },
    blocked: ['+12025550199'],
    sign_in: { oidc: { issuer: 'https://login.example.com', client_id: 'switchyard', client_secret: 'env:OIDC_CLIENT_SECRET' } },
  });
  for (const line of before.text.split('\n').filter((l) => l.includes('id: dana') || l.startsWith('# '))) assert.ok(text.split('\n').includes(line), line);
  await page.getByLabel('Other words for STOP').fill('');
  for (const gone of ['Identity provider (OpenID Connect)', 'Client id there', 'Client secret there']) await page.getByLabel(gone).fill('');
  await send();
  await plan(page).getByText('sign in').first().waitFor();
  await plan(page).getByText('keywords').first().waitFor();
});
