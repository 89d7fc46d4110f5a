// Runs the tests that are named, or all, in this one process, so that they share the browser. Several at once: each mostly waits.
import { readdir } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import { closeChrome, scenes } from './browser.mjs';

const wanted = process.argv.slice(2);
const all = (await readdir(new URL('.', import.meta.url))).filter((name) => name.endsWith('.test.mjs')).toSorted();
for (const name of all) if (!wanted.length || wanted.some((w) => name.startsWith(w))) await import(`./${name}`);
if (!scenes.length) throw new Error(`no test file begins with ${wanted.join(' or ')}`);

describe('pages', { concurrency: 3 }, () => {
  after(closeChrome);
  for (const { name, run } of scenes) it(name, run);
});
