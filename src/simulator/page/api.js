// What the page asks of the demo server, and the stream of events it hears from it.

async function get(path) {
  const response = await fetch(path, { cache: 'no-store' });
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
}

async function post(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await reason(response));
}

async function reason(response) {
  const answer = await response.json().catch(() => ({}));
  return answer.error ?? `${response.status} ${response.statusText}`;
}

export const people = () => get('/demo/people');
export const chat = (person) => get(`/demo/chat?person=${person}`);
export const mails = () => get('/demo/mails');
export const send = (person, text) => post('/demo/send', { person, text });
export const tap = (person, message, data) => post('/demo/tap', { person, message, data });
export const setLanguage = (person, language) => post('/demo/language', { person, language });

/**
 * Hears the server's events for as long as the page lives. `opened` runs at every connection, the first and each
 * one after a loss, so that nothing missed in between stays missed; `lost` runs when the connection breaks.
 */
export function listen({ opened, lost, heard }) {
  const stream = new EventSource('/demo/events');
  stream.onopen = opened;
  stream.onmessage = (event) => heard(JSON.parse(event.data));
  stream.onerror = () => {
    lost();
    // The browser itself retries a broken connection, but gives up for good on an answer that is no stream.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen({ opened, lost, heard }), 2000);
  };
}
