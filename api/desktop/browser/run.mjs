// Runs the tests that are named, or all, in this one process, so that they share the browser.
import { readdir } from 'node:fs/promises';
import { after } from 'node:test';
import { closeChrome } from './browser.mjs';

after(closeChrome);
const wanted = process.argv.slice(2);
const all = (await readdir(new URL('.', import.meta.url))).filter((name) => name.endsWith('.test.mjs')).toSorted();
for (const name of all) if (!wanted.length || wanted.some((w) => name.startsWith(w))) await import(`./${name}`);
