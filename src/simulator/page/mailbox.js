// The mailbox: the mails of the holder in view or of everybody, which are unread, and the one that is open.

import { byId, element, icon, showCount } from './dom.js';
import { mailContent, switchButtons } from './mail.js';

/** Stands for everybody where the open mail of a holder is remembered. */
const ALL = 'all';

const box = document.querySelector('.mailbox');
const unread = new Set();
const opened = new Map();
let mails = [];
let holder = null;
let words;
let isFirst = true;
let showsAll = false;
let isPlain = false;
let handlers;

/** Sets the mailbox up; `used(code)` and `copied(code)` are called with a code that is wanted, `changed()` when the counts change. */
export function openMailbox(given) {
  handlers = given;
}

/** The mails of this holder, newest first. */
export const mailsOf = ({ emails }) => mails.filter(({ to }) => emails.includes(to));

/** How many mails of this holder are unread. */
export const unreadMails = (person) => mailsOf(person).filter(({ id }) => unread.has(id)).length;

/** Takes the mails as the server knows them now, newest first. What was there before the page opened counts as read. */
export function takeMails(given, people) {
  const known = new Set(mails.map(({ id }) => id));
  const fresh = new Set(given.filter(({ id }) => !known.has(id)).map(({ id }) => id));
  const before = new Map([ALL, ...people].map((whose) => [whose, inView(whose)[0]?.id]));
  mails = given;
  before.forEach((newest, whose) => follow(whose, newest));
  if (!isFirst) fresh.forEach((id) => unread.add(id));
  isFirst = false;
  showMailbox(holder, words, fresh);
}

const inView = (whose) => (whose === ALL ? mails : mailsOf(whose));
const viewed = () => (showsAll ? ALL : holder);

/** Whoever reads an older mail is not interrupted; whoever has the newest open is shown what comes next. */
function follow(whose, newestBefore) {
  const [newest] = inView(whose);
  const now = opened.get(whose);
  if (newest && (now === undefined || now === newestBefore || !mails.some(({ id }) => id === now))) opened.set(whose, newest.id);
}

/** Draws the mailbox of this holder; also called when it becomes visible, which is when the open mail counts as read. */
export function showMailbox(person, spoken, fresh = new Set()) {
  holder = person;
  words = spoken;
  if (!holder) return;
  const shown = inView(viewed());
  const open = opened.get(viewed());
  if (isVisible()) unread.delete(open);
  drawBadges();
  drawFilter();
  const focused = document.activeElement?.dataset.mail;
  byId('mail-list').replaceChildren(...shown.map((mail) => row(mail, mail.id === open, fresh.has(mail.id))));
  if (focused) byId('mail-list').querySelector(`[data-mail="${focused}"]`)?.focus();
  showMail(shown.find(({ id }) => id === open));
  handlers.changed();
}

const isVisible = () => getComputedStyle(box).display !== 'none';

function drawBadges() {
  const label = words.say('unreadMails', { count: unread.size });
  for (const badge of [byId('mail-badge'), byId('tab-mail-badge')]) showCount(badge, unread.size, label);
}

function drawFilter() {
  const choices = [
    { label: holder.first_name, isOn: !showsAll, onclick: () => filter(false) },
    { label: words.say('all'), isOn: showsAll, onclick: () => filter(true) },
  ];
  const isFocused = byId('mail-filter').contains(document.activeElement);
  byId('mail-filter').replaceChildren(...switchButtons(choices));
  if (isFocused) byId('mail-filter').querySelector('[aria-pressed=true]').focus();
}

function filter(all) {
  showsAll = all;
  showMailbox(holder, words);
}

function row(mail, isOpen, isFresh) {
  const attributes = {
    type: 'button',
    class: `row${unread.has(mail.id) ? ' unread' : ''}${isFresh ? ' fresh' : ''}`,
    'data-mail': mail.id,
    'aria-current': isOpen && 'true',
    onclick: () => read(mail.id),
  };
  const top = element('span', { class: 'top' }, element('span', { class: 'to' }, mail.to), element('time', {}, words.timeOf(mail.date)));
  return element('li', {}, element('button', attributes, top, element('b', {}, mail.subject), element('span', { class: 'snippet' }, snippet(mail))));
}

const snippet = ({ text }) => text.replace(/\s+/g, ' ').trim().slice(0, 120);

function read(id) {
  opened.set(viewed(), id);
  showMailbox(holder, words);
}

/** Writes the open mail anew only if it is another one, or shown otherwise. */
function showMail(mail) {
  const pane = byId('mail');
  const version = JSON.stringify([mail?.id, mail ? isPlain : showsAll, words.language]);
  if (pane.dataset.version === version) return;
  pane.dataset.version = version;
  pane.scrollTop = 0;
  pane.replaceChildren(...(mail ? mailContent(mail, isPlain, words, { ...handlers, switched }) : [nothing()]));
}

function switched(plain) {
  isPlain = plain;
  showMailbox(holder, words);
  byId('mail').querySelector('[aria-pressed=true]').focus();
}

function nothing() {
  return element('p', { class: 'nothing' }, icon('mail'), words.say(showsAll ? 'noMails' : 'noMailsOf'));
}
