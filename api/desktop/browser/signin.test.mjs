// Signing in with an identity provider that is on another site: there and back, by keyboard, and what whoever is nobody here is told.
import assert from 'node:assert/strict';
import { audit, fits } from './audit.mjs';
import { scene } from './browser.mjs';
import { client, Provider } from './provider.mjs';

scene('an agent and a supervisor sign in with a provider, and a stranger is told why not', async (centre, take) => {
  const provider = await Provider.start(['Dana@acme.example', 'zoe@acme.example', 'boss@acme.example'], `${centre.base}/signin`);
  try {
    const boss = centre.file.supervisor.id;
    await centre.change((tenant) => {
      tenant.sign_in = { oidc: { issuer: provider.issuer, client_id: client.id, client_secret: client.secret, button: 'Sign in with Acme' } };
      tenant.agents.find((a) => a.id === 'dana').login = 'dana@acme.example';
      tenant.supervisors.find((s) => s.id === boss).login = 'boss@acme.example';
    });
    const seat = await take();
    const { page } = seat;
    seat.expect(/status of 40[13]/); // nobody is signed in; nobody here is Zoe
    const arrive = async (at, email) => {
      await page.goto(at);
      const button = page.getByRole('button', { name: 'Sign in with Acme' });
      await button.focus();
      if (email.startsWith('zoe')) {
        await audit(page, 'sign-in with a provider');
        await page.setViewportSize({ width: 320, height: 640 });
        await fits(page, 'sign-in with a provider');
      }
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: email }).click();
    };
    await arrive('/desk', 'zoe@acme.example');
    await page.getByRole('alert').getByText('nobody here signs in as "zoe@acme.example"').waitFor();
    await audit(page, 'not signed in');
    await fits(page, 'not signed in');
    assert.equal(new URL(page.url()).search, '', 'what the provider has sent stays in the address');
    await page.setViewportSize({ width: 1360, height: 850 });
    await page.getByRole('link', { name: 'Back to signing in' }).click();
    await arrive('/desk', 'Dana@acme.example');
    await page.getByText('Live', { exact: true }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/desk');
    await seat.context.clearCookies();
    await arrive('/board', 'boss@acme.example');
    await page.getByRole('heading', { name: 'Queues' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/board');
    const { items } = await centre.call(centre.file.admin.id, 'GET', '/v1/audit?limit=200');
    const means = items.filter((line) => line.action === 'signed_in').map((line) => `${line.by.id} ${line.means}`);
    assert.deepEqual(means, ['dana oidc', `${boss} oidc`]);
    await page.goto('/signin?error=access_denied&state=x');
    await page.getByRole('alert').getByText('have turned back').waitFor();
  } finally {
    provider.stop();
  }
});
