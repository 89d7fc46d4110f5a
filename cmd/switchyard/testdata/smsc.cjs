// A carrier that speaks SMPP, on the loopback ports that are named: the first for SMPP (user kannel, password kpw), the second to be
// told by HTTP what to do:
//   /mode?submit=ok|throttle|reject&report=DELIVRD|UNDELIV   how the next texts fare; throttle refuses one and takes its repetition
//   /text?from=&to=&text=                                    a phone texts the business
const smpp = require('smpp'), http = require('http');
const [smppPort, httpPort] = process.argv.slice(2);
let mode = { submit: 'ok', report: 'DELIVRD' }, next = 1000;
const sessions = new Set();

function bound(session) {
  session.on('error', () => {});
  session.on('close', () => sessions.delete(session));
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('unbind', pdu => { session.send(pdu.response()); session.close(); });
  session.on('bind_transceiver', pdu => {
    if (pdu.system_id !== 'kannel' || pdu.password !== 'kpw') {
      session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
      return session.close();
    }
    sessions.add(session);
    session.send(pdu.response({ system_id: 'carrier' }));
  });
  session.on('submit_sm', pdu => taken(session, pdu));
}

function taken(session, pdu) {
  if (mode.submit === 'reject') return session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
  if (mode.submit === 'throttle') {
    mode.submit = 'ok';
    return session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
  }
  const id = (next++).toString(16), text = pdu.short_message.message;
  console.log(JSON.stringify({ to: pdu.destination_addr, coding: pdu.data_coding, text: Buffer.isBuffer(text) ? text.toString('hex') : text }));
  session.send(pdu.response({ message_id: id }));
  session.deliver_sm({
    source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, source_addr_ton: 1, source_addr_npi: 1, esm_class: 4,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:2611220930 done date:2611220931 stat:${mode.report} err:000 text:`,
  });
}

smpp.createServer({}, bound).listen(+smppPort, '127.0.0.1', () => http.createServer((request, answer) => {
  const url = new URL(request.url, 'http://127.0.0.1'), asked = url.searchParams;
  if (url.pathname === '/mode') {
    mode = { submit: asked.get('submit') || 'ok', report: asked.get('report') || 'DELIVRD' };
    return answer.end();
  }
  const [session] = sessions;
  if (!session) return answer.writeHead(503).end();
  if (url.pathname !== '/text') return answer.end();
  session.deliver_sm({
    source_addr: asked.get('from'), destination_addr: asked.get('to'), source_addr_ton: 1, source_addr_npi: 1, short_message: asked.get('text'),
    ...(/^[\x20-\x7e]*$/.test(asked.get('text')) ? { data_coding: 0 } : {}),
  }, () => answer.end());
}).listen(+httpPort, '127.0.0.1'));
