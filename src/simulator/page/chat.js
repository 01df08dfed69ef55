// The messages on the wall: kept in step with the server's, edits in place, days, scrolling, taps that wait.

import { arrange, element } from './dom.js';
import { messageContent } from './message.js';

const NEAR_THE_END_PIXELS = 90;
const GROUP_MILLISECONDS = 10 * 60 * 1000;
// Telegram's clients stop waiting for an answer to a tap at about this age, too.
const TAP_WAIT_MILLISECONDS = 15_000;

/** Sets the messages of a chat up; `tapped(message, data)` and `commanded(text)` are called on presses inside them. */
export function openLog(root, { tapped, commanded }) {
  const log = root.querySelector('.log');
  const list = root.querySelector('.messages');
  const latest = root.querySelector('.latest');
  const pending = new Map();
  let articles = new Map();
  let days = new Map();
  let isFirst = true;
  let atEnd = true;

  log.addEventListener('scroll', watchEnd, { passive: true });
  latest.addEventListener('click', scrollToEnd);
  // A class left behind would play its animation again whenever the panel is shown again.
  list.addEventListener('animationend', ({ animationName, target }) => {
    if (animationName === 'flash' || animationName === 'rise') target.closest('article').classList.remove('flash', 'arrive');
  });
  // New messages, edits, pictures that load, a guide that changes and a keyboard that opens all change a size.
  const observer = new ResizeObserver(() => atEnd && toEnd());
  observer.observe(list);
  observer.observe(log);

  /** Shows the chat as the server knows it now. */
  function show(chat, words) {
    log.setAttribute('aria-busy', String(isFirst));
    const newest = chat.messages.at(-1);
    const own = newest?.from === 'person' && !articles.has(newest.id);
    const focused = focusedKey();
    arrange(list, nodes(chat, words));
    keepFocus(focused);
    if (isFirst || own || atEnd) scrollToEnd();
    else watchEnd();
    isFirst = false;
    requestAnimationFrame(() => log.setAttribute('aria-busy', 'false'));
  }

  function scrollToEnd() {
    atEnd = true;
    toEnd();
    latest.hidden = true;
  }

  /** A tap was sent: its button shows it until the answer, or until waiting is pointless. */
  function waitForAnswer(message, data) {
    const tap = { message, data };
    pending.set(tap, setTimeout(() => forget(tap), TAP_WAIT_MILLISECONDS));
    markPending();
  }

  const isWaiting = (message, data) => [...pending.keys()].some((tap) => tap.message === message && tap.data === data);

  /** The answer to the taps came. */
  const answered = () => [...pending.keys()].forEach(forget);

  function forget(tap) {
    clearTimeout(pending.get(tap));
    pending.delete(tap);
    markPending();
  }

  function markPending() {
    for (const [id, { node }] of articles) {
      for (const button of node.querySelectorAll('[data-tap]')) {
        if (isWaiting(id, button.dataset.tap)) button.setAttribute('aria-busy', 'true');
        else button.removeAttribute('aria-busy');
      }
    }
  }

  function nodes(chat, words) {
    const { messages } = chat;
    const kept = new Map();
    const result = [];
    messages.forEach((message, index) => {
      const previous = messages[index - 1];
      const day = new Date(message.date).toDateString();
      const newDay = !previous || new Date(previous.date).toDateString() !== day;
      if (newDay) result.push(dayNode(day, message.date, words));
      const entry = articleOf(message, chat, words);
      kept.set(message.id, entry);
      const next = messages[index + 1];
      entry.node.classList.toggle('grouped', !newDay && belong(previous, message));
      entry.node.classList.toggle('last', !next || !belong(message, next));
      result.push(entry.node);
    });
    articles = kept;
    return result;
  }

  function dayNode(day, date, { dayOf }) {
    const node = days.get(day) ?? element('p', { class: 'day' }, element('span'));
    node.firstChild.textContent = dayOf(date);
    days.set(day, node);
    return node;
  }

  /** The message's article, written anew only if the message or the language of the chat changed. */
  function articleOf(message, chat, words) {
    const version = JSON.stringify(message);
    const dress = `${words.language} ${JSON.stringify(chat.commands)}`;
    const known = articles.get(message.id);
    if (known?.version === version && known.dress === dress) return known;
    const node = known?.node ?? element('article', { 'data-message-id': message.id, class: message.from });
    node.setAttribute('aria-label', message.from === 'bot' ? chat.bot.name : words.say('you'));
    node.replaceChildren(...messageContent(message, tools(message, chat, words)));
    node.classList.toggle('keyed', Boolean(message.buttons?.length));
    node.classList.toggle('pictured', Boolean(message.photo));
    // A new bubble plays the animation of its article's class by itself.
    node.classList.toggle('arrive', !isFirst && !known);
    node.classList.toggle('flash', !isFirst && Boolean(known) && known.version !== version);
    return { node, version, dress };
  }

  const tools = (message, { commands }, words) => ({
    words,
    commands,
    isPending: (data) => isWaiting(message.id, data),
    onTap: (data) => tapped(message.id, data),
    onCommand: commanded,
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
    latest.hidden = atEnd;
  }

  return { show, scrollToEnd, waitForAnswer, isWaiting, answered };
}

const belong = (one, other) => one.from === other.from && other.date - one.date < GROUP_MILLISECONDS;
