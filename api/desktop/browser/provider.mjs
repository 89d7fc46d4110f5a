// An OpenID Connect provider on another site than the pages, localhost, where whoever comes says who they are.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';

export const client = { id: 'switchyard', secret: 'a-secret-that-the-provider-has-made' };

const encode = (value) => Buffer.from(value instanceof Uint8Array ? value : JSON.stringify(value)).toString('base64url');

export class Provider {
  codes = new Map();
  keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  static async start(people, redirect) {
    const provider = new Provider();
    Object.assign(provider, { people, redirect });
    provider.server = createServer((request, response) => void provider.answer(request, response));
    await new Promise((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
    provider.issuer = `http://localhost:${provider.server.address().port}`;
    return provider;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async answer(request, response) {
    const url = new URL(request.url, this.issuer);
    const tell = (status, body, type = 'application/json') =>
      response.writeHead(status, { 'Content-Type': type }).end(type === 'application/json' ? JSON.stringify(body) : body);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return tell(200, {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
        });
      case '/keys':
        return tell(200, { keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' }] });
      case '/authorize':
        return tell(200, this.form(url.searchParams), 'text/html');
      case '/token': {
        let body = '';
        for await (const chunk of request) body += chunk;
        const { status, said } = this.exchange(request.headers.authorization, new URLSearchParams(body));
        return tell(status, said);
      }
      default:
        return tell(404, {});
    }
  }

  // form lets whoever came choose who they are.
  form(asked) {
    const links = this.people.map((email) => {
      const code = randomUUID();
      this.codes.set(code, { email, asked });
      const back = new URL(asked.get('redirect_uri') === this.redirect ? this.redirect : 'about:blank');
      back.search = new URLSearchParams({ code, state: asked.get('state') });
      return `<p><a href="${back.href.replaceAll('&', '&amp;')}">${email}</a>`;
    });
    return `<!doctype html><html lang="en"><title>Acme</title><link rel="icon" href="data:,"><h1>Who are you?</h1>${links.join('')}`;
  }

  exchange(authorization, brought) {
    const made = this.codes.get(brought.get('code'));
    this.codes.delete(brought.get('code'));
    const proven = createHash('sha256').update(brought.get('code_verifier')).digest('base64url');
    if (authorization !== `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`) return { status: 401, said: { error: 'invalid_client' } };
    if (made?.asked.get('code_challenge') !== proven || brought.get('redirect_uri') !== this.redirect) return { status: 400, said: { error: 'invalid_grant' } };
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.issuer, aud: client.id, sub: made.email, email: made.email, email_verified: true, nonce: made.asked.get('nonce'), iat: now, exp: now + 60 };
    const text = `${encode({ alg: 'ES256', kid: 'one' })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(text), { key: this.keys.privateKey, dsaEncoding: 'ieee-p1363' });
    return { status: 200, said: { access_token: randomUUID(), token_type: 'Bearer', id_token: `${text}.${encode(signature)}` } };
  }
}
