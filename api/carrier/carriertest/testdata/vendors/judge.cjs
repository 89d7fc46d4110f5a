// The carriers' own libraries as judges: reads a list of questions from standard input and writes the list of their answers.
const { createSecretKey } = require('crypto');
const twilio = require('twilio'), { getExpectedTwilioSignature } = require('twilio/lib/webhooks/webhooks');
const Telnyx = require('telnyx').default, plivo = require('plivo'), { verifySignature } = require('@vonage/jwt');
const messagebird = require('messagebird/lib/webhook-signature-jwt');

const holds = async judge => { try { return await judge() !== false; } catch { return false; } };
const ask = {
  twilioSign: q => getExpectedTwilioSignature(q.secret, q.url, q.params),
  twilio: q => twilio.validateRequest(q.secret, q.signature, q.url, q.params),
  telnyx: q => holds(() => new Telnyx({ apiKey: 'x' }).webhooks.unwrap(q.body, { headers: q.headers, key: q.key })),
  plivoV2: q => plivo.validateSignature(q.url, q.nonce, q.signature, q.secret),
  plivoV3: q => plivo.validateV3Signature(q.method, q.url, q.nonce, q.secret, q.signature, q.params),
  vonage: q => holds(() => verifySignature(q.token, q.secret)),
  messagebird: q => holds(async () => {
    const key = createSecretKey(Buffer.from(q.secret, 'utf8'));
    await messagebird.verify(q.url, Buffer.from(q.body, 'utf8'), q.token, key);
  }),
};

let text = '';
process.stdin.setEncoding('utf8').on('data', b => { text += b; }).on('end', async () => {
  const answers = [];
  for (const q of JSON.parse(text)) answers.push(await ask[q.ask](q));
  process.stdout.write(JSON.stringify(answers));
});
