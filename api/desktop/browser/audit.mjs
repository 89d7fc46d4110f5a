// What everybody must be able to use: axe-core over a screen in both colour schemes, and nothing that needs scrolling sideways.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// Colours are all that differs between the schemes, so in the dark only what depends on them is looked at again.
const schemes = {
  light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
};

// audit runs axe in light and in dark. It is evaluated by the debugger, which the page's own policy does not bind.
export async function audit(page, screen) {
  await page.evaluate(`window.axe || (() => { ${axe} })()`);
  for (const [colorScheme, runOnly] of Object.entries(schemes)) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate((only) => window.axe.run(document, { runOnly: only, resultTypes: ['violations'] }), runOnly);
    const found = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `  ${n.html}\n  ${n.failureSummary}`).join('\n')}`);
    assert.deepEqual(found, [], `${screen} in ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

// fits says that nothing is wider than the window, but what may be (code and tables have their own scroll bars).
export async function fits(page, screen) {
  const wide = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    return [...document.querySelectorAll('body *')]
      .filter((e) => e.checkVisibility() && !e.closest('.heard') && e.getBoundingClientRect().right > room + 1 && e.getBoundingClientRect().width > 0)
      .filter((e) => !e.closest('.sideways'))
      .map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute('class') ?? ''}`);
  });
  assert.deepEqual(wide, [], `${screen} is wider than its window`);
}
