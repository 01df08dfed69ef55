// The mailbox: the list of mails, and the one that is open with its one-time code at hand.

import { byId, element, icon, link, showCount } from './dom.js';
import { toast } from './notices.js';
import { dayOf, say, timeOf } from './words.js';

const CODE = /(?<![\d-])\d{4}[ \u00a0\u202f]?\d{4}(?![\d-])/;
const ADDRESS = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?»)\]]/g;

const box = document.querySelector('.mailbox');
let mails = [];
let open = null;
let unread = new Set();
let isFirst = true;
let use;

/** Sets the mailbox up; `used(code)` is called when a code is to go into the message box. */
export function openMailbox({ used }) {
  use = used;
}

/** Takes the mails as the server knows them now, newest first. What was there before the page opened counts as read. */
export function takeMails(given) {
  const known = new Set(mails.map(({ id }) => id));
  const fresh = given.filter(({ id }) => !known.has(id) && !isFirst);
  // Whoever reads an older mail is not interrupted; whoever has the newest open is shown what comes next.
  const follows = open === null || open === mails[0]?.id;
  mails = given;
  isFirst = false;
  unread = new Set([...unread, ...fresh.map(({ id }) => id)]);
  if (!mails.some(({ id }) => id === open)) open = null;
  if (follows && mails.length) open = mails[0].id;
  showMailbox(new Set(fresh.map(({ id }) => id)));
}

/** Draws the mailbox; also called when it becomes visible, which is when the open mail counts as read. */
export function showMailbox(fresh = new Set()) {
  if (isVisible()) unread.delete(open);
  const label = say('unread', { count: unread.size });
  for (const badge of [byId('mail-badge'), byId('tab-mail-badge')]) showCount(badge, unread.size, label);
  const focused = document.activeElement?.dataset.mail;
  byId('mail-list').replaceChildren(...mails.map((mail) => row(mail, fresh.has(mail.id))));
  if (focused) byId('mail-list').querySelector(`[data-mail="${focused}"]`)?.focus();
  showMail(mails.find(({ id }) => id === open));
}

const isVisible = () => getComputedStyle(box).display !== 'none';

function row(mail, isFresh) {
  const attributes = {
    type: 'button',
    class: `row${unread.has(mail.id) ? ' unread' : ''}${isFresh ? ' fresh' : ''}`,
    'data-mail': mail.id,
    'aria-current': mail.id === open && 'true',
    onclick: () => read(mail.id),
  };
  const top = element('span', { class: 'top' }, element('span', { class: 'to' }, mail.to), element('time', {}, timeOf(mail.date)));
  return element('li', {}, element('button', attributes, top, element('b', {}, mail.subject), element('span', { class: 'snippet' }, snippet(mail))));
}

const snippet = ({ text }) => text.replace(/\s+/g, ' ').trim().slice(0, 120);

function read(id) {
  open = id;
  showMailbox();
}

function showMail(mail) {
  const pane = byId('mail');
  const version = mail ? `${mail.id} ${document.documentElement.lang}` : '';
  if (pane.dataset.version === version && mail) return;
  pane.dataset.version = version;
  pane.scrollTop = 0;
  pane.replaceChildren(...(mail ? mailContent(mail) : [element('p', { class: 'nothing' }, icon('mail'), say('noMails'))]));
}

function mailContent(mail) {
  const head = element(
    'dl',
    { class: 'head' },
    ...field('from', mail.from),
    ...field('to', mail.to),
    element('dd', { class: 'date' }, `${dayOf(mail.date)}, ${timeOf(mail.date)}`),
  );
  const code = CODE.exec(mail.text)?.[0].replace(/\D/g, '');
  // The page's security policy refuses a mail's own styles, so the text is what reads best.
  const body = element('div', { class: 'body', 'data-testid': 'mail-body' }, ...linked(mail.text.trim()));
  return [element('h3', {}, mail.subject), head, ...(code ? [codeCard(code)] : []), body];
}

const field = (name, value) => [element('dt', {}, say(name)), element('dd', {}, value)];

function codeCard(code) {
  const digits = [code.slice(0, 4), code.slice(4)].map((half) => element('span', {}, half));
  const main = { type: 'button', class: 'digits', 'data-testid': 'mail-code', 'aria-describedby': 'code-hint', onclick: () => use(code) };
  const copy = { type: 'button', class: 'icon', 'aria-label': say('copy'), title: say('copy'), onclick: () => copyCode(code) };
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

async function copyCode(code) {
  await navigator.clipboard.writeText(code).then(() => toast(say('copied')), () => {});
}

/** The text with its web addresses as links. */
function linked(text) {
  const parts = [];
  let end = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    parts.push(text.slice(end, index), link(address, address));
    end = index + address.length;
  }
  return [...parts, text.slice(end)];
}
