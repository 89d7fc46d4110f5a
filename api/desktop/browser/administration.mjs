// What an administrator does on the page in the tests of its forms.
export const open = (page, name) => page.getByRole('navigation', { name: 'Administration' }).getByRole('button', { name, exact: true }).click();
export const plan = (page) => page.getByRole('list', { name: 'What changes' });

export async function inForce(page) {
  await page.getByRole('button', { name: 'Put in force' }).click();
  await page.getByText('The configuration is in force.').waitFor();
  await page.getByRole('button', { name: 'Put in force' }).waitFor({ state: 'detached' });
}

export async function administer(take, options) {
  const seat = await take(options);
  await seat.signIn('alex', '/admin');
  await seat.page.getByRole('button', { name: 'Support', exact: true }).waitFor();
  return seat;
}

// inTheHouse is the document that is in force, as text and as what it means.
export async function inTheHouse(centre) {
  const ask = async (accept) => (await centre.ask(centre.file.admin.token, '/v1/config', { headers: { Accept: accept } })).text();
  return { text: await ask('application/yaml'), means: JSON.parse(await ask('application/json')) };
}
