// Administration: the forms and the document change one draft, the plan tells what it would do, and it is put in force as a whole.
import assert from 'node:assert/strict';
import { administer, inForce, inTheHouse, open, plan } from './administration.mjs';
import { audit, fits } from './audit.mjs';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';

scene('an administrator changes a queue by its form', async (centre, take) => {
  await centre.change((tenant) => {
    tenant.queues[0].relax_levels = { every_seconds: 60, step: 10, floor: 40 };
  });
  const seat = await administer(take);
  const { page } = seat;
  seat.expect(/status of 422/);
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Support', exact: true }).click();

  // What the server refuses stands at its field, and the draft stays as it was.
  const field = (words) => dialog.locator('.field', { hasText: words });
  await dialog.getByRole('combobox', { name: 'Level at least' }).selectOption('100');
  await dialog.getByRole('spinbutton', { name: 'Priority' }).fill('7');
  await dialog.getByRole('combobox', { name: 'While it is closed, texts' }).selectOption('queue');
  await dialog.getByRole('button', { name: 'Change the draft' }).click();
  await field('While it is closed, texts').getByText('the queue is never closed').waitFor();
  await field('The other queue').getByText('is missing; write the id of a queue under queues').waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('.field')?.textContent.startsWith('While it is closed'));
  assert.equal(await page.getByRole('button', { name: 'Put in force' }).count(), 0);
  await audit(page, 'a form with a mistake');
  await dialog.getByRole('combobox', { name: 'While it is closed, texts' }).selectOption('');
  await dialog.getByRole('spinbutton', { name: 'Priority' }).fill('8');
  await dialog.getByText('More', { exact: true }).click();
  await dialog.getByLabel('Text to who still waits').fill('You are number {position}.');
  await dialog.getByRole('button', { name: 'Change the draft' }).click();
  await dialog.locator('.trouble').filter({ visible: true }).first().waitFor(); // when?
  await audit(page, 'a form with all that it has');
  await dialog.getByLabel('Sent after, in seconds').fill('90');
  await dialog.getByRole('button', { name: 'Change the draft' }).click();
  await dialog.waitFor({ state: 'detached' });

  // The plan tells what changes, and what it leaves to nobody.
  await plan(page).getByText('queue support: priority').waitFor();
  await plan(page).getByText('queue support: skills').waitFor();
  
  await audit(page, 'the plan');
  assert.equal((await inTheHouse(centre)).means.queues[0].priority, undefined, 'a draft is not in force');
  await inForce(page);
  const { means } = await inTheHouse(centre);
  assert.deepEqual(means.queues[0], {
    id: 'support',
    name: 'Support',
    skills: [{ skill: 'orders', level: 100 }],
    priority: 8,
    offer_timeout_seconds: 60,
    reopen_hours: 0,
    relax_levels: { every_seconds: 60, step: 10, floor: 40 },
    waiting: { position: { after_seconds: 90, text: 'You are number {position}.' } },
  });
});

scene('skills, agents, channels, hours, FAQs and dispositions have forms, by keyboard too', async (centre, take) => {
  const seat = await administer(take);
  const { page } = seat;
  seat.expect(/status of 422/);
  const dialog = page.getByRole('dialog');
  const before = await inTheHouse(centre);
  const add = async (list, one, fill) => {
    await open(page, list);
    await page.getByRole('button', { name: `New ${one}` }).click();
    await dialog.waitFor();
    await fill();
    await dialog.getByRole('button', { name: 'Add to the draft' }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  await add('Skills', 'skill', () => dialog.getByLabel('Id', { exact: true }).fill('french'));
  const care = page.getByRole('list', { name: 'What asks for care' });
  await care.getByText('nobody has french').waitFor();
  await audit(page, 'a plan with care');
  await add('Hours', 'schedule', async () => {
    await dialog.getByLabel('Id', { exact: true }).fill('shop');
    await dialog.getByLabel('Time zone', { exact: true }).fill('Europe/Paris');
    await dialog.getByRole('button', { name: 'More hours' }).click();
    const hours = dialog.getByRole('group', { name: 'Open, 1' });
    for (const day of ['Mon', 'Fri']) await hours.getByRole('checkbox', { name: day, exact: true }).check();
    await hours.getByLabel('From', { exact: true }).fill('09:00');
    await hours.getByLabel('To', { exact: true }).fill('24:00');
    await dialog.getByRole('button', { name: 'Another holiday' }).click();
    await dialog.getByRole('group', { name: 'Holidays, 1' }).getByLabel('Day', { exact: true }).fill('2031-07-14');
    await audit(page, 'the form of hours');
  });
  await add('Agents', 'agent', async () => {
    await dialog.getByLabel('Name', { exact: true }).fill('Zoé Petit');
    await dialog.getByLabel('New password', { exact: true }).fill('bonjour tout le monde');
    await dialog.getByRole('checkbox', { name: 'Support', exact: true }).check();
    await dialog.getByRole('combobox', { name: 'french' }).selectOption('90');
    await dialog.getByRole('combobox', { name: 'orders' }).selectOption('60');
    await audit(page, 'the form of an agent');
  });
  await care.getByText('nobody has french').waitFor({ state: 'detached' });
  await add('Channels', 'channel', async () => {
    await dialog.getByLabel('Id', { exact: true }).fill('paris-line');
    await dialog.getByRole('combobox', { name: 'Carrier', exact: true }).selectOption('simulated');
    await dialog.getByLabel('Number', { exact: true }).fill('+18005550199');
    await dialog.getByRole('combobox', { name: 'Queue', exact: true }).selectOption('support');
    await dialog.getByLabel('Secret', { exact: true }).fill('env:PARIS');
  });
  await add('Dispositions', 'disposition', () => dialog.getByLabel('Name', { exact: true }).fill('Sent on'));

  // A new answer by keyboard alone.
  await open(page, 'FAQs');
  await page.getByRole('button', { name: 'New FAQ' }).focus();
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await page.waitForFunction(() => document.querySelector('dialog').contains(document.activeElement));
  for (let n = 0; n < 5 && !(await dialog.getByLabel('Title', { exact: true }).evaluate((e) => e === document.activeElement)); n++) await page.keyboard.press('Tab');
  await page.keyboard.type('Shop in Paris');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Our shop in Paris 😀');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // on a box: sends the form
  const text = dialog.locator('.field', { has: page.getByLabel('Text', { exact: true }) });
  await text.locator('.trouble').getByText('take out 😀').waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('cell', { name: 'Our shop in Paris' }).waitFor();

  // What others use is not taken out; what nobody uses is.
  await open(page, 'Skills');
  await page.getByRole('button', { name: 'orders', exact: true }).click();
  await dialog.getByText(/^In use by queue Support, agent Dana Reyes/).waitFor();
  await page.keyboard.press('Escape');
  await open(page, 'FAQs');
  await page.getByRole('button', { name: 'Opening hours', exact: true }).click();
  await dialog.getByRole('button', { name: 'Take out…' }).click();
  await dialog.getByRole('button', { name: 'Yes, take it out' }).click();
  await dialog.waitFor({ state: 'detached' });
  await plan(page).getByRole('listitem').filter({ hasText: 'FAQ hours' }).getByText('goes').waitFor();

  await inForce(page);
  const after = await inTheHouse(centre);
  assert.deepEqual(after.means.skills, [...before.means.skills, 'french']);
  const zoe = after.means.agents.at(-1);
  assert.deepEqual([zoe.id, zoe.queues, zoe.skills], ['zoe-petit', ['support'], { french: 90, orders: 60 }]);
  assert.deepEqual(after.means.schedules, [
    { id: 'shop', zone: 'Europe/Paris', open: [{ days: ['mon', 'fri'], from: '09:00', to: '24:00' }], holidays: [{ date: '2031-07-14' }] },
  ]);
  assert.deepEqual(after.means.dispositions.at(-1), { id: 'sent-on', name: 'Sent on' });
  assert.deepEqual(
    after.means.faqs.map((f) => f.id),
    ['where-is-it', 'returns', 'refund-time', 'shop-in-paris'],
  );
  // All else stands in the document as it was written, the comments included.
  const kept = before.text.split('\n').filter((line) => line.startsWith('#') || line.includes('id: dana') || line.includes('id: omar'));
  assert.ok(kept.length >= 4);
  for (const line of kept) assert.ok(after.text.split('\n').includes(line), line);

  // She can sign in by the password that was given to her.
  const shift = await take();
  shift.expect(/status of 401/);
  await shift.page.goto('/desk');
  await shift.page.getByLabel('Name you sign in with').fill('zoe-petit');
  await shift.page.getByLabel('Password').fill('bonjour tout le monde');
  await shift.page.getByRole('button', { name: 'Sign in' }).click();
  await shift.page.getByRole('button', { name: 'Start: be available' }).waitFor();
});

scene('what somebody else has changed meanwhile is not overwritten', async (centre, take) => {
  const seat = await administer(take);
  const { page } = seat;
  seat.expect(/status of (412|422)/);
  const dialog = page.getByRole('dialog');
  await open(page, 'Dispositions');
  await page.getByRole('button', { name: 'Solved', exact: true }).click();
  await dialog.getByLabel('Name', { exact: true }).fill('Settled');
  await dialog.getByRole('button', { name: 'Change the draft' }).click();
  await dialog.waitFor({ state: 'detached' });
  await centre.change((tenant) => {
    tenant.name = 'Harbour Street';
  });
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByText('Somebody else has changed the configuration meanwhile.').waitFor();
  await audit(page, 'a conflict');
  await page.getByRole('button', { name: 'Make my changes in theirs' }).click();
  await plan(page).getByText('disposition solved: name').waitFor();
  await inForce(page);
  const { means } = await inTheHouse(centre);
  assert.equal(means.name, 'Harbour Street');
  assert.equal(means.dispositions[0].name, 'Settled');

  // The text of the document: what is wrong is said with its place, and cannot be put in force.
  await open(page, 'Document');
  const text = page.getByLabel("The tenant's document in YAML");
  const was = await text.inputValue();
  await text.fill(was.replaceAll(/"?queue"?: "?support"?/g, 'queue: nowhere'));
  await page.getByRole('alert').getByText(/there is no queue "nowhere"/).first().waitFor();
  assert.ok(await page.getByRole('button', { name: 'Put in force' }).isDisabled());
  await audit(page, 'configuration with a mistake');
  await open(page, 'Queues');
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.getByRole('button', { name: 'Take back' }).waitFor({ state: 'detached' });
  await open(page, 'Document');
  assert.equal(await text.inputValue(), was);
  await text.fill(was.replace('Harbour Street', 'Harbour Road'));
  await plan(page).getByText('Harbour Road').waitFor();
  await inForce(page);
  assert.equal((await inTheHouse(centre)).means.name, 'Harbour Road');
});

scene('what open conversations need stays, and an administrator goes on to the wallboard', async (centre, take) => {
  const dana = await take();
  await dana.signIn('dana');
  await dana.available();
  await centre.text(customers.ana, 'hello');
  await dana.accept('Ana Silva');
  const seat = await administer(take);
  const { page } = seat;
  seat.expect(/status of 422/);
  const dialog = page.getByRole('dialog');
  await open(page, 'Agents');
  await page.getByRole('button', { name: 'Dana Reyes', exact: true }).click();
  await dialog.getByRole('button', { name: 'Take out…' }).click();
  await dialog.getByRole('button', { name: 'Yes, take it out' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByRole('alert').getByText(/still needs .*dana.*; end it first/).waitFor();
  assert.ok((await inTheHouse(centre)).means.agents.some((a) => a.id === 'dana'));
  await audit(page, 'a refused draft');
  await page.getByRole('button', { name: /^Alex Winter/ }).click();
  await page.getByRole('menuitem', { name: 'Wallboard' }).click();
  await page.getByRole('row', { name: 'Dana Reyes' }).getByText('1 of 6').waitFor();
  await page.getByRole('button', { name: /^Alex Winter/ }).click();
  await page.getByRole('menuitem', { name: 'Administration' }).click();
  await page.getByRole('navigation', { name: 'Administration' }).waitFor();
});

scene('an administrator makes a token and reads the audit', async (centre, take) => {
  const { page } = await administer(take);
  await open(page, 'Tokens');
  await page.getByLabel('Whose').fill('dana');
  await page.getByLabel('What for').fill('a script');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.locator('.made code').textContent();
  const desk = () => fetch(`${centre.base}/v1/desk`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await desk()).status, 200);
  await audit(page, 'tokens');
  await page.getByRole('button', { name: 'End token of dana a script' }).click();
  await page.getByText('The token of dana has ended.').waitFor();
  assert.equal((await desk()).status, 401);
  await centre.change((tenant) => {
    tenant.name = 'Harbour Street';
  });
  await open(page, 'Audit');
  await page.getByRole('cell', { name: 'replace config' }).first().waitFor();
  await audit(page, 'audit');
});

for (const [width, height] of [
  [320, 640],
  [320, 256],
]) {
  scene(`administration fits into ${width} by ${height} pixels`, async (centre, take) => {
    const seat = await administer(take, { width, height });
    const { page } = seat;
    const dialog = page.getByRole('dialog');
    const lists = ['Skills', 'Agents', 'Channels', 'Hours', 'FAQs', 'Dispositions', 'Status reasons', 'Supervisors', 'Administrators'];
    const sheets = [...lists, 'Document', 'Tokens', 'Audit', 'Queues'];
    for (const sheet of sheets) {
      await open(page, sheet);
      await fits(page, sheet);
      if (height === 640) await audit(page, sheet);
    }
    await page.getByRole('button', { name: 'Support', exact: true }).click();
    await dialog.waitFor();
    await fits(page, 'the form of a queue');
    await dialog.getByRole('spinbutton', { name: 'Priority' }).fill('9');
    await dialog.getByRole('button', { name: 'Change the draft' }).click();
    await plan(page).getByText('queue support: priority').waitFor();
    await fits(page, 'the plan');
    await open(page, 'Agents');
    await page.getByRole('button', { name: 'Dana Reyes', exact: true }).click();
    await dialog.waitFor();
    await fits(page, 'the form of an agent');
    await audit(page, 'the form of an agent, narrow');
  });
}
