// One mail as it is read: its head, its one-time code at hand, and its body, formatted or plain.

import { element, icon, link } from './dom.js';

const CODE = /(?<![\d-])\d{4}[ \u00a0\u202f]?\d{4}(?![\d-])/;
const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?»)\]]/g;

/** The one-time code that stands in a mail's text, its digits only. */
export const codeIn = (text) => CODE.exec(text)?.[0].replace(/\D/g, '');

/** The address in a mail's text that leads to the counter's own pages, which stand on this machine. */
export const linkIn = (text) => text.match(ADDRESS)?.find((address) => new URL(address).hostname === location.hostname);

/**
 * What stands in the pane of a mail. `isPlain` tells how its body is shown; `used(code)`, `copied(code)` and `switched(isPlain)`
 * are called on presses.
 */
export function mailContent(mail, isPlain, { say, dayOf, timeOf }, { used, copied, switched }) {
  const field = (name, value) => [element('dt', {}, say(name)), element('dd', {}, value)];
  const date = element('dd', { class: 'date' }, `${dayOf(mail.date)}, ${timeOf(mail.date)}`);
  const head = element('dl', { class: 'head' }, ...field('from', mail.from), ...field('to', mail.to), date);
  const code = codeIn(mail.text);
  const views = [
    { label: say('html'), isOn: !isPlain, onclick: () => switched(false) },
    { label: say('plain'), isOn: isPlain, onclick: () => switched(true) },
  ];
  return [
    element('h3', {}, mail.subject),
    head,
    code && codeCard(code, say, used, copied),
    mail.html && element('div', { class: 'switch', role: 'group', 'aria-label': say('mailView') }, ...switchButtons(views)),
    mail.html && !isPlain ? formatted(mail) : plain(mail.text),
  ].filter(Boolean);
}

/** The buttons of a switch, of which one is on. */
export const switchButtons = (choices) =>
  choices.map(({ label, isOn, onclick }) => element('button', { type: 'button', 'aria-pressed': String(isOn), onclick }, label));

function codeCard(code, say, used, copied) {
  const digits = [code.slice(0, 4), code.slice(4)].map((half) => element('span', {}, half));
  const main = { type: 'button', class: 'digits', 'data-testid': 'mail-code', 'aria-describedby': 'code-hint', onclick: () => used(code) };
  const copy = { type: 'button', class: 'icon', 'aria-label': say('copy'), title: say('copy'), onclick: () => copied(code) };
  return element(
    'div',
    { class: 'code', role: 'group', 'aria-label': say('code') },
    element('p', { class: 'name' }, say('code')),
    element('button', main, ...digits),
    // Browsers give pages a clipboard only on this machine and over HTTPS.
    navigator.clipboard ? element('button', copy, icon('copy')) : null,
    element('p', { class: 'hint', id: 'code-hint' }, say('useCode')),
  );
}

/** The mail's own page, in which no script runs; being of this origin, it can be measured, so that only the pane scrolls. */
function formatted({ html, subject }) {
  const sandbox = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox';
  const frame = element('iframe', { src: html, title: subject, sandbox, class: 'formatted', 'data-testid': 'mail-html' });
  frame.addEventListener('load', () => {
    const root = frame.contentDocument.documentElement;
    new ResizeObserver(() => (frame.style.height = `${Math.ceil(root.getBoundingClientRect().height)}px`)).observe(root);
  });
  return frame;
}

/** The text with its web addresses as links. */
function plain(text) {
  const parts = [];
  const trimmed = text.trim();
  let end = 0;
  for (const { 0: address, index } of trimmed.matchAll(ADDRESS)) {
    parts.push(trimmed.slice(end, index), link(address, address));
    end = index + address.length;
  }
  return element('div', { class: 'body', 'data-testid': 'mail-body' }, ...parts, trimmed.slice(end));
}
