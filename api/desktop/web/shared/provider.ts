// Signing in with an identity provider: away from the page that somebody wants, and back to it.
import { once, read } from './call';

// What people come from, remembered for this tab alone while they are away.
const from = 'switchyard.from';

const pages = ['/desk', '/board', '/admin'];

// buttonOf is what leads to the contact centre's provider is called; empty where there is none, or nobody can say.
export async function buttonOf(tenant: string): Promise<string> {
  try {
    const { button } = await read<{ button?: string }>(`/v1/session/oidc?tenant=${encodeURIComponent(tenant)}`);
    return button ?? '';
  } catch {
    return '';
  }
}

// depart leaves for the provider.
export async function depart(tenant: string): Promise<void> {
  const { authorize_url: to } = await once<{ authorize_url: string }>('POST', '/v1/session/oidc', tenant ? { tenant } : {});
  try {
    sessionStorage.setItem(from, location.pathname + location.hash);
  } catch {
    // not remembered; the way back is by role, then
  }
  location.assign(to);
}

// origin is the page that somebody has left for the provider; empty where that is not known.
export function origin(): string {
  try {
    const at = sessionStorage.getItem(from) ?? '';
    return pages.includes(new URL(at, location.href).pathname) ? at : '';
  } catch {
    return '';
  }
}
