// The chat on the wall: messages kept in step with the server's, edits in place, days, scrolling, taps that wait.

import { arrange, byId, element } from './dom.js';
import { messageContent } from './message.js';
import { currentLanguage, dayOf, say } from './words.js';

const NEAR_THE_END_PIXELS = 90;
const GROUP_MILLISECONDS = 10 * 60 * 1000;
// Telegram's clients stop waiting for an answer to a tap at about this age, too.
const TAP_WAIT_MILLISECONDS = 15_000;

const log = byId('log');
const list = byId('messages');
const pending = new Map();
let shown = { person: null, articles: new Map(), days: new Map() };
let atEnd = true;
let handlers;

/** Sets the chat up; `tapped(message, data)` and `commanded(text)` are called on presses inside messages. */
export function openChat(given) {
  handlers = given;
  log.addEventListener('scroll', watchEnd, { passive: true });
  byId('latest').addEventListener('click', scrollToEnd);
  // A class left behind would play its animation again whenever the panel is shown again.
  list.addEventListener('animationend', ({ animationName, target }) => {
    if (animationName === 'flash' || animationName === 'rise') target.closest('article').classList.remove('flash', 'arrive');
  });
  // New messages, edits, pictures that load and a keyboard that opens all change a size.
  const observer = new ResizeObserver(() => atEnd && toEnd());
  observer.observe(list);
  observer.observe(log);
}

/** Shows the chat of a holder as the server knows it now. */
export function showChat(person, chat) {
  const changed = shown.person !== person;
  if (changed) shown = { person, articles: new Map(), days: new Map() };
  log.setAttribute('aria-busy', String(changed));
  const newest = chat.messages.at(-1);
  const own = newest?.from === 'person' && !shown.articles.has(newest.id);
  const focused = focusedKey();
  arrange(list, nodes(chat, !changed));
  keepFocus(focused);
  if (changed || own || atEnd) scrollToEnd();
  else watchEnd();
  requestAnimationFrame(() => log.setAttribute('aria-busy', 'false'));
}

export function scrollToEnd() {
  atEnd = true;
  toEnd();
  byId('latest').hidden = true;
}

/** A tap was sent: its button shows it until the answer, or until waiting is pointless. */
export function waitForAnswer(person, message, data) {
  const tap = { person, message, data };
  pending.set(tap, setTimeout(() => forget(tap), TAP_WAIT_MILLISECONDS));
  markPending();
}

export const isWaiting = (person, message, data) =>
  [...pending.keys()].some((tap) => tap.person === person && tap.message === message && tap.data === data);

/** The answer to this holder's taps came. */
export function answered(person) {
  for (const tap of [...pending.keys()]) if (tap.person === person) forget(tap);
}

function forget(tap) {
  clearTimeout(pending.get(tap));
  pending.delete(tap);
  markPending();
}

function markPending() {
  for (const [id, { node }] of shown.articles) {
    for (const button of node.querySelectorAll('[data-tap]')) {
      if (isWaiting(shown.person, id, button.dataset.tap)) button.setAttribute('aria-busy', 'true');
      else button.removeAttribute('aria-busy');
    }
  }
}

function nodes(chat, animate) {
  const { messages } = chat;
  const kept = new Map();
  const result = [];
  messages.forEach((message, index) => {
    const previous = messages[index - 1];
    const day = new Date(message.date).toDateString();
    const newDay = !previous || new Date(previous.date).toDateString() !== day;
    if (newDay) result.push(dayNode(day, message.date));
    const entry = articleOf(message, chat, animate);
    kept.set(message.id, entry);
    const next = messages[index + 1];
    entry.node.classList.toggle('grouped', !newDay && belong(previous, message));
    entry.node.classList.toggle('last', !next || !belong(message, next));
    result.push(entry.node);
  });
  shown.articles = kept;
  return result;
}

const belong = (one, other) => one.from === other.from && other.date - one.date < GROUP_MILLISECONDS;

function dayNode(day, date) {
  const node = shown.days.get(day) ?? element('p', { class: 'day' }, element('span'));
  node.firstChild.textContent = dayOf(date);
  shown.days.set(day, node);
  return node;
}

/** The message's article, written anew only if the message or the language of the page changed. */
function articleOf(message, chat, animate) {
  const version = JSON.stringify(message);
  const dress = `${currentLanguage()} ${JSON.stringify(chat.commands)}`;
  const known = shown.articles.get(message.id);
  if (known?.version === version && known.dress === dress) return known;
  const node = known?.node ?? element('article', { 'data-message-id': message.id, class: message.from });
  node.setAttribute('aria-label', message.from === 'bot' ? chat.bot.name : say('you'));
  node.replaceChildren(...messageContent(message, tools(message, chat)));
  node.classList.toggle('keyed', Boolean(message.buttons?.length));
  node.classList.toggle('pictured', Boolean(message.photo));
  // A new bubble plays the animation of its article's class by itself.
  node.classList.toggle('arrive', animate && !known);
  node.classList.toggle('flash', animate && Boolean(known) && known.version !== version);
  return { node, version, dress };
}

const tools = (message, { commands }) => ({
  commands,
  isPending: (data) => isWaiting(shown.person, message.id, data),
  onTap: (data) => handlers.tapped(message.id, data),
  onCommand: handlers.commanded,
});

function focusedKey() {
  const key = document.activeElement;
  if (!list.contains(key)) return null;
  return { key, data: key.dataset.tap, article: key.closest('article') };
}

/** An edit replaces the button that was pressed: the focus goes to the same tap, else to the screen's first button. */
function keepFocus(focused) {
  if (!focused || focused.key.isConnected) return;
  const article = focused.article.isConnected ? focused.article : list.lastElementChild;
  const keys = [...(article?.querySelectorAll('.keyboard button') ?? [])];
  const target = keys.find((key) => focused.data !== undefined && key.dataset.tap === focused.data) ?? keys[0] ?? log;
  target.focus({ preventScroll: true });
}

const toEnd = () => log.scrollTo({ top: log.scrollHeight, behavior: 'instant' });

function watchEnd() {
  atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END_PIXELS;
  byId('latest').hidden = atEnd;
}
