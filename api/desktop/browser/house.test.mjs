// What the page is made of: how much is sent, what it may do, and that long transcripts stay light.
import assert from 'node:assert/strict';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';

const firstPaintMost = 150 * 1024; // bytes

scene('the first paint takes at most 150 KB, and the second takes the page alone', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  seat.expect(/status of 401/);
  const network = await seat.context.newCDPSession(page);
  await network.send('Network.enable');
  const sent = new Map();
  const loads = [];
  network.on('Network.responseReceived', ({ requestId, response }) => sent.set(requestId, response));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const response = sent.get(requestId);
    if (response) loads.push({ url: response.url, bytes: encodedDataLength, cached: response.fromDiskCache });
  });
  await page.goto('/desk', { waitUntil: 'networkidle' });
  await page.getByLabel('Password').waitFor();
  const bytes = loads.reduce((sum, load) => sum + load.bytes, 0);
  assert.ok(bytes > 0 && bytes <= firstPaintMost, `${bytes} bytes: ${JSON.stringify(loads)}`);
  loads.length = 0;
  await page.goto('/desk', { waitUntil: 'networkidle' });
  const again = loads.filter((load) => load.url.includes('/assets/') && !load.cached && load.bytes > 0);
  assert.deepEqual(again, [], 'what is immutable is fetched again');
});

scene('every page has a policy of its own files alone', async (centre) => {
  for (const page of ['desk', 'board', 'admin', 'phone', 'signin']) {
    const response = await fetch(`${centre.base}/${page}`);
    const policy = response.headers.get('Content-Security-Policy') ?? '';
    assert.match(policy, /default-src 'none'/, page);
    assert.match(policy, /script-src 'self'(?:;|$)/, page);
    assert.match(policy, /style-src 'self'(?:;|$)/, page);
    assert.doesNotMatch(policy, /unsafe|data:|https?:|\*/, page);
    assert.doesNotMatch(await response.text(), /<style|style=|<script(?![^>]*\ssrc=)|\son\w+=/, page);
  }
});

scene('the policy lets nothing in from a text', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  seat.expect(/Content Security Policy|trusted/i);
  await seat.signIn('dana');
  await seat.available();
  const text = '<img src=x onerror="document.title=1"><script>document.title=2</script> {customer} [link](javascript:1)';
  await centre.text(customers.ana, text);
  await seat.accept('Ana Silva');
  await seat.log('Ana Silva').getByText(text, { exact: true }).waitFor();
  assert.equal(await page.title(), 'Agent desktop · Switchyard');
  const refused = await page.evaluate(async () => {
    const breaches = [];
    document.addEventListener('securitypolicyviolation', (event) => breaches.push(event.effectiveDirective));
    const attempts = [
      () => document.body.setAttribute('style', 'color: red'),
      () => (document.body.innerHTML = '<p>'),
      () => (document.body.appendChild(document.createElement('img')).src = 'http://127.0.0.2/spy.png'),
    ];
    for (const attempt of attempts) {
      try {
        attempt();
      } catch {
        // refused
      }
    }
    while (breaches.length < attempts.length) await new Promise(requestAnimationFrame);
    return breaches.toSorted();
  });
  assert.deepEqual(refused, ['img-src', 'require-trusted-types-for', 'style-src-attr']);
});

scene('a thousand texts in one transcript', async (centre, take) => {
  const seat = await take();
  const { page } = seat;
  const many = 1000;
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ana, 'text 1');
  await seat.accept('Ana Silva');
  const id = await seat.shown();
  for (let n = 2; n <= many; n += 50) {
    await Promise.all(Array.from({ length: Math.min(50, many - n + 1) }, (_, i) => centre.text(customers.ana, `text ${n + i}`)));
  }
  await page.waitForFunction((all) => document.querySelectorAll('.log .entry').length === all, many);
  const { items } = await centre.call('dana', 'GET', `/v1/conversations/${id}/transcript?limit=1`);
  assert.equal(items.length, 1);
  // Fetched anew it is whole and in order, and stands at its end.
  await page.reload();
  await page.waitForFunction((all) => document.querySelectorAll('.log .entry').length === all, many);
  const shown = await seat.log('Ana Silva').locator('.entry > p').allTextContents();
  assert.equal(new Set(shown).size, many);
  await page.waitForFunction(() => {
    const log = document.querySelector('.log');
    return log.scrollHeight - log.scrollTop - log.clientHeight < 2;
  });
  // What is out of sight is not laid out: only that makes scrolling smooth, whatever the machine.
  const frames = await page.evaluate(async () => {
    const log = document.querySelector('.log');
    const entries = [...log.querySelectorAll('.entry')];
    let drawn = 0;
    for (const e of entries) e.addEventListener('contentvisibilityautostatechange', (event) => (drawn += event.skipped ? 0 : 1));
    const took = [];
    log.scrollTop = 0;
    for (let i = 0; i < 40; i++) {
      const from = performance.now();
      log.scrollTop += log.clientHeight / 4;
      await new Promise(requestAnimationFrame);
      took.push(performance.now() - from);
    }
    return { drawn, median: took.toSorted((a, b) => a - b)[20] };
  });
  assert.ok(frames.drawn > 20 && frames.drawn < many / 2, `${frames.drawn} of ${many} texts were drawn while ten screens passed`);
  console.log(`a thousand texts: ${frames.median.toFixed(1)} ms a frame`);
});
