// Administration: the document is changed, checked and put in force; a token is made and ended; the audit tells of it.
import assert from 'node:assert/strict';
import { audit, fits } from './audit.mjs';
import { scene } from './browser.mjs';

scene('an administrator changes the configuration, makes a token and reads the audit', async (centre, take) => {
  const alex = await take();
  const { page } = alex;
  alex.expect(/status of (422|412)/);
  await alex.signIn('alex', '/admin');
  const text = page.getByLabel("The tenant's document in YAML");
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('queues:'));
  const was = await text.inputValue();

  // What is wrong is refused with its place, and nothing of it is in force.
  await text.fill(was.replace('queue: support\n', 'queue: nowhere\n'));
  await page.getByRole('list', { name: 'What changes' }).getByText('queue: nowhere').waitFor();
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByRole('alert').getByText(/there is no queue "nowhere"/).waitFor();
  await audit(page, 'configuration with a mistake');
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.waitForFunction((before) => document.querySelector('textarea').value === before, was);

  // What is right is in force at once.
  await text.fill(was.replace('name: Support', 'name: Support desk'));
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByText('The configuration is in force.').waitFor();
  const choices = await centre.call('dana', 'GET', '/v1/desk/choices');
  assert.equal(choices.queues[0].name, 'Support desk');

  // What somebody else has changed meanwhile is not overwritten.
  await centre.change((tenant) => {
    tenant.name = 'Harbour Street';
  });
  await text.fill(was);
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByText('Somebody else has changed the configuration meanwhile.').waitFor();

  await page.getByRole('button', { name: 'Tokens' }).click();
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

  await page.getByRole('button', { name: 'Audit' }).click();
  await page.getByRole('cell', { name: 'replace config' }).first().waitFor();
  await audit(page, 'audit');
  await page.setViewportSize({ width: 320, height: 640 });
  await fits(page, 'audit');
});
