// What the page asks of the demo server, and the stream of events it hears from it.

/** No answer came at all. What browsers say of that is in their own words and language, and is not shown. */
export class Unreachable extends Error {}

async function get(path) {
  const response = await request(path, { cache: 'no-store' });
  return response.json();
}

const post = (path, body) => request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function request(path, options) {
  const response = await fetch(path, options).catch((error) => {
    throw new Unreachable(error.message);
  });
  if (!response.ok) throw new Error(await reason(response));
  return response;
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
