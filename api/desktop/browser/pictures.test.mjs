// The pictures of the documentation, taken of the real pages. They go to docs/pictures when SWITCHYARD_PICTURES is set, and nowhere
// otherwise: then this only makes sure that they can be taken.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { scene } from './browser.mjs';
import { customers } from './centre.mjs';

const folder = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url));
const wanted = Boolean(process.env.SWITCHYARD_PICTURES);
if (wanted) await mkdir(folder, { recursive: true });

async function take(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(() => document.querySelectorAll('.notices button').forEach((dismiss) => dismiss.click()));
  await page.locator('.notices p').first().waitFor({ state: 'detached' });
  await page.mouse.move(640, 500); // where nothing lights up
  await page.screenshot({ ...(wanted && { path: `${folder}${name}.png` }), animations: 'disabled', caret: 'hide' });
}

async function answer(seat, name, text) {
  await seat.composer.fill(text);
  await seat.composer.press('Control+Enter');
  await seat.log(name).locator('.entry', { hasText: text }).getByText('Delivered').waitFor();
}

scene('pictures of the desk and of the phones', async (centre, sit) => {
  const seat = await sit({ width: 1280, height: 800, reducedMotion: 'reduce' });
  const { page } = seat;
  await seat.signIn('dana');
  await seat.available();
  await centre.text(customers.ben, 'Hi, you charged me twice again. Order 20318.');
  await seat.accept('Ben Okafor');
  await answer(seat, 'Ben Okafor', 'Hello Ben, I am sorry about that. I am looking at your account now.');
  await centre.text(customers.ben, 'Thanks. It was on Monday, 48.50 both times');
  await seat.log('Ben Okafor').getByText('48.50').waitFor();
  await centre.text(customers.ana, 'Hi, I still have not received my order. It should have been here on Monday');
  await seat.offer('Ana Silva').waitFor();
  await page.getByRole('heading', { name: 'Past conversations 1' }).waitFor();
  await page.getByText('Saved to CRM').waitFor({ state: 'detached' });
  await take(page, 'desk-offer');

  await page.keyboard.press('Alt+a');
  await seat.offer('Ana Silva').waitFor({ state: 'detached' });
  const more = {
    chloe: ['Chloe Martin', 'Bonjour, does the rain jacket come in blue?'],
    diego: ['Diego Ruiz', 'My parcel arrived damaged, what do I do?'],
    eva: ['Eva Novak', 'Can I still change the address?'],
    finn: ["Finn O'Hara", 'Is the shop in Galway open on Sunday?'],
  };
  for (const [who, [name, text]] of Object.entries(more)) {
    await centre.text(customers[who], text);
    await seat.accept(name);
  }
  await seat.row('Chloe Martin').click();
  await answer(seat, 'Chloe Martin', 'Hello Chloe, it does: in navy and in light blue.');
  await seat.row('Ana Silva').click();
  await answer(seat, 'Ana Silva', 'Hello Ana, I am sorry for the delay. Your parcel left us on Tuesday.');
  await centre.text(customers.ana, 'Ah good. When will it be here?');
  await seat.log('Ana Silva').getByText('When will it be here?').waitFor();
  await page.keyboard.press('Alt+n');
  await seat.composer.fill('Carrier says: out for delivery tomorrow.');
  await seat.composer.press('Control+Enter');
  await seat.log('Ana Silva').getByText('Your note').waitFor();
  await seat.composer.fill('It comes tomorrow — before noon.');
  await page.getByText('leaves 70 characters to a segment').waitFor();
  await take(page, 'desk-six');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, 'desk-six-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Replace with plain characters' }).click();
  await seat.composer.press('Control+Enter');
  await seat.log('Ana Silva').locator('.entry', { hasText: 'before noon' }).getByText('Delivered').waitFor();
  await page.keyboard.press('Alt+e');
  await page.getByRole('button', { name: 'Save to CRM and end' }).click();
  await page.getByLabel('Solved').check();
  await page.getByRole('region', { name: 'Customer record' }).getByText('This chat').waitFor();
  await take(page, 'desk-post-processing');

  await page.setViewportSize({ width: 390, height: 780 });
  await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: /Chats/ }).click();
  await take(page, 'desk-narrow');

  const omar = await sit();
  await omar.signIn('omar');
  await omar.available();
  await centre.text('+12025550131', 'Do you ship to Canada?');
  await omar.accept('+1 202 555 0131');
  await centre.text('+12025550132', 'My invoice seems to be wrong', centre.line('billing-line'));
  await centre.text('+12025550133', 'When do I get my money back?', centre.line('billing-line'));
  const sam = await sit({ width: 1440, height: 900 });
  await sam.signIn('sam', '/board');
  await sam.page.getByRole('button', { name: 'Billing', exact: true }).click();
  await sam.page.locator('.line-up li li').nth(1).waitFor();
  await sam.page.getByRole('button', { name: 'Dana Reyes', exact: true }).click();
  await sam.page.getByRole('button', { name: '+1 202 555 0111' }).click();
  await sam.page.getByText('48.50').waitFor();
  await take(sam.page, 'board-watching');

  const phones = await sit({ width: 1280, height: 800 });
  await phones.page.goto('/phone');
  await phones.page.getByText('It comes tomorrow').waitFor();
  await take(phones.page, 'phones');
});

scene('pictures of the administration', async (centre, sit) => {
  const seat = await sit({ width: 1280, height: 800, reducedMotion: 'reduce' });
  const { page } = seat;
  await seat.signIn('alex', '/admin');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Support', exact: true }).click();
  await dialog.getByRole('combobox', { name: 'Level at least' }).selectOption('80');
  await dialog.getByRole('button', { name: 'Change the draft' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('button', { name: 'Agents', exact: true }).click();
  await page.getByRole('list', { name: 'What asks for care' }).getByText('Omar Said').waitFor();
  await take(page, 'admin-plan');
  await page.getByRole('button', { name: 'Omar Said', exact: true }).click();
  await dialog.getByRole('combobox', { name: 'orders' }).waitFor();
  await take(page, 'admin-form');
});
