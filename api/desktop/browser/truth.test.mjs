// Nothing is shown that the server has not committed, and after any break the right state is shown, without a reload.
import assert from 'node:assert/strict';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';
import { Pair } from './nodes.mjs';

const broken = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_INCOMPLETE|ERR_NETWORK|ERR_EMPTY_RESPONSE|ERR_FAILED|status of 50[34]/;

// texts are those of the transcript that is shown.
const texts = (seat, name) => seat.log(name).locator('.entry > p').allTextContents();

// passOn does what the page asked for in its place.
async function passOn(request) {
  const headers = { ...(await request.allHeaders()) };
  for (const name of Object.keys(headers)) if (name.startsWith(':') || name === 'host' || name === 'content-length') delete headers[name];
  await fetch(request.url(), { method: 'POST', headers, body: request.postData() });
}

async function conversing(centre, take) {
  const seat = await take();
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ana, 'first');
  await seat.accept('Ana Silva');
  await seat.log('Ana Silva').getByText('first').waitFor();
  return seat;
}

scene('the network is cut in a conversation', async (centre, take) => {
  const seat = await conversing(centre, take);
  const { page } = seat;
  seat.expect(broken);
  await seat.composer.fill('half an answer');
  await seat.context.setOffline(true);
  await page.getByText('Not connected: what you write is kept.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Send' }).isDisabled());
  await page.getByText(/^Offline \d+ s: texts are not being received$/).waitFor();
  // Meanwhile the customer goes on, and another one comes.
  await centre.text(customers.ana, 'second');
  await centre.text(customers.ben, 'hello');
  await seat.context.setOffline(false);
  await page.getByText('Live', { exact: true }).waitFor();
  await seat.log('Ana Silva').getByText('second').waitFor();
  assert.deepEqual(await texts(seat, 'Ana Silva'), ['first', 'second']);
  await seat.offer('Ben Okafor').waitFor();
  assert.equal(await seat.composer.inputValue(), 'half an answer');
  // The line breaks while a reply is at the server, and the stream stays away: asking again finds the reply, and adds none.
  await page.route('**/v1/desk/events?*', (route) => route.abort());
  await page.route(
    '**/messages',
    async (route) => {
      await seat.context.setOffline(true);
      await page.getByText('Not connected: what you write is kept.').waitFor();
      await passOn(route.request());
      await route.abort('connectionreset');
    },
    { times: 1 },
  );
  await seat.composer.fill('is it there?');
  await seat.composer.press('Control+Enter');
  await page.getByText('Not confirmed yet. Asking again; it is sent once.').waitFor();
  await seat.context.setOffline(false);
  await seat.log('Ana Silva').getByText('is it there?').waitFor();
  await page.unroute('**/v1/desk/events?*');
  await page.getByText('Live', { exact: true }).waitFor();
  assert.deepEqual(await texts(seat, 'Ana Silva'), ['first', 'second', 'is it there?']);
  const { items } = await centre.call('dana', 'GET', `/v1/conversations/${await seat.shown()}/transcript`);
  assert.equal(items.length, 3);
  await seat.composer.fill('half an answer');
  // A reload brings the same desk, the draft included.
  await page.reload();
  await seat.row('Ana Silva').click();
  await seat.log('Ana Silva').getByText('second').waitFor();
  assert.equal(await seat.composer.inputValue(), 'half an answer');
});

scene('the server is killed in a conversation', async (centre, take) => {
  const seat = await conversing(centre, take);
  const { page } = seat;
  seat.expect(broken);
  // lose has the next reply meet something on its way, and loses the answer.
  const lose = async (meets) => {
    let met;
    const lost = new Promise((resolve) => (met = resolve));
    await page.route(
      '**/messages',
      async (route) => {
        await meets(route.request());
        await route.abort('connectionreset');
        met();
      },
      { times: 1 },
    );
    await seat.composer.press('Control+Enter');
    await lost;
  };
  // The server has the reply, and its answer is lost: the stream tells that it is there, and it is there once.
  await seat.composer.fill('is it there?');
  await lose(passOn);
  await seat.log('Ana Silva').getByText('is it there?').waitFor();
  await page.waitForFunction(() => document.querySelector('#reply').value === '' && !document.querySelector('#reply').readOnly);
  // The server is gone before it has the reply: it is not shown, it is kept, and it is there once as soon as it can be.
  await seat.composer.fill('and this?');
  await lose(() => centre.kill());
  await page.getByText('Not confirmed yet. Asking again; it is sent once.').waitFor();
  await page.getByText(/^Offline \d+ s/).waitFor();
  assert.deepEqual(await texts(seat, 'Ana Silva'), ['first', 'is it there?']);
  await centre.run();
  await page.getByText('Live', { exact: true }).waitFor();
  await seat.log('Ana Silva').getByText('and this?').waitFor();
  await page.waitForFunction(() => document.querySelector('#reply').value === '' && !document.querySelector('#reply').readOnly);
  const { items } = await centre.call('dana', 'GET', `/v1/conversations/${await seat.shown()}/transcript`);
  assert.deepEqual(
    items.map((m) => m.text),
    ['first', 'is it there?', 'and this?'],
  );
  // The line works both ways again.
  await centre.text(customers.ana, 'second');
  await seat.log('Ana Silva').getByText('second').waitFor();
  assert.deepEqual(await texts(seat, 'Ana Silva'), ['first', 'is it there?', 'and this?', 'second']);
});

scene(
  'the node is killed, and another one goes on',
  async (centre, take) => {
    const seat = await conversing(centre, take);
    const { page } = seat;
    seat.expect(broken);
    await page.evaluate(() => (window.loadedOnce = true));
    await seat.composer.fill('half an answer');
    await centre.lose();
    await centre.text(customers.ana, 'second');
    await seat.log('Ana Silva').getByText('second').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    assert.deepEqual(await texts(seat, 'Ana Silva'), ['first', 'second']);
    assert.equal(await seat.composer.inputValue(), 'half an answer');
    await seat.composer.fill('a whole answer');
    await seat.composer.press('Control+Enter');
    await seat.log('Ana Silva').locator('.entry', { hasText: 'a whole answer' }).getByText('Delivered').waitFor();
    await centre.text(customers.ben, 'hello');
    await seat.accept('Ben Okafor');
    assert.ok(await page.evaluate(() => window.loadedOnce), 'the page was loaded anew');
  },
  () => Pair.start(),
);

scene('a cursor that leads nowhere brings the desk anew', async (centre, take) => {
  const seat = await conversing(centre, take);
  const { page } = seat;
  seat.expect(broken);
  const opened = [];
  await page.route('**/v1/desk/events?*', (route) => {
    const url = new URL(route.request().url());
    opened.push(url.searchParams.get('after'));
    // Of another time, or of a store that was set back: as long as the page goes on from where it was, which it tries offline, too.
    if (opened.at(-1) === opened[0]) url.searchParams.set('after', 'zzzz');
    return route.continue({ url: url.href });
  });
  await seat.context.setOffline(true);
  await page.getByText('Not connected').waitFor();
  // While nothing is heard, the conversation ends at another place.
  const id = await seat.shown();
  await centre.call('dana', 'POST', `/v1/conversations/${id}/end`, {});
  await centre.call('dana', 'POST', `/v1/conversations/${id}/wrap_up`, { disposition: 'solved' });
  await seat.context.setOffline(false);
  await page.getByRole('heading', { name: 'No conversation' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  assert.equal(opened.filter((after) => after !== opened[0]).length, 1, `the stream was opened after ${opened}`);
});

scene('a second desktop takes over the first', async (centre, take) => {
  const seat = await conversing(centre, take);
  const { page } = seat;
  const second = await seat.context.newPage();
  seat.watch(second);
  await second.goto('/desk');
  await second.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Your desktop is open elsewhere' }).waitFor();
  await centre.text(customers.ben, 'hello');
  await second.getByRole('article', { name: 'Incoming SMS from Ben Okafor' }).waitFor();
  assert.equal(await page.title(), 'Agent desktop · Switchyard');
  await page.getByRole('button', { name: 'Use it here' }).click();
  await second.getByRole('heading', { name: 'Your desktop is open elsewhere' }).waitFor();
  await seat.offer('Ben Okafor').waitFor();
});

scene('a clock that is wrong shifts no countdown, and streams stay one', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  await page.addInitScript(() => {
    const [real, ahead] = [Date.now, 3600_000];
    Date.now = () => real() + ahead;
  });
  const streams = [];
  page.on('request', (request) => request.url().includes('/v1/desk/events') && streams.push(request.url()));
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ana, 'hello');
  const time = seat.offer('Ana Silva').locator('.time');
  await time.waitFor();
  const from = Date.now();
  const shown = await time.textContent();
  const to = Date.now();
  const [offer] = (await centre.call('dana', 'GET', '/v1/desk')).offers;
  const left = (at) => (Date.parse(offer.expires_at) - at) / 1000;
  const [minutes, seconds] = shown.split(':').map(Number);
  // What the page hears and draws late makes what it shows larger, never smaller but for the rounding.
  const right = minutes * 60 + seconds >= left(to) - 1 && minutes * 60 + seconds <= left(from) + 30;
  assert.ok(right, `${shown} are shown, ${left(to)} s are left`);
  await seat.accept('Ana Silva');
  await page.getByText(/^Connected 0:\d\d$/).waitFor();
  assert.equal(streams.length, 1);
});

scene('the session ends, and goes on where it was after signing in again', async (centre, take) => {
  const seat = await conversing(centre, take);
  const { page } = seat;
  seat.expect(/status of 401/);
  await seat.composer.fill('half an answer');
  const { items } = await centre.call('alex', 'GET', '/v1/tokens');
  for (const session of items.filter((t) => t.session && t.agent === 'dana')) await centre.call('alex', 'DELETE', `/v1/tokens/${session.id}`);
  await page.getByText('Your session has ended. Sign in again to go on; nothing is lost.').waitFor();
  await page.getByLabel('Password').fill(centre.person('dana').password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await seat.log('Ana Silva').getByText('first').waitFor();
  assert.equal(await seat.composer.inputValue(), 'half an answer');
});
