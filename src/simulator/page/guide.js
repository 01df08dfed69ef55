// The guide: one line that says what this is or what comes next, and chips to try, each one press. It follows what the visitor does.

import { element, icon, link } from './dom.js';
import { codeIn, linkIn } from './mail.js';

/** What there is to try, in this order: the bot's command, the word on its chip. */
const TRIES = [
  ['signin', 'trySignIn'],
  ['cards', 'tryCards'],
  ['reset', 'tryReset'],
  ['help', 'tryHelp'],
];
const CODE = /^\d{4} ?\d{4}$/;

/**
 * Sets the guide of a chat up; `sent(text)` sends for the visitor; `neighbour()` names the holder that
 * `besideWished()` would open beside, if there is one and room for it.
 */
export function openGuide(root, { person, sent, neighbour, besideWished }) {
  const guide = root.querySelector('.guide');
  const line = guide.querySelector('p');
  const chips = guide.querySelector('ul');
  let version;

  /** Shows where the visitor stands, or nothing if the guide is closed. */
  function show(isOpen, chat, mails, { language, say }) {
    guide.hidden = !isOpen;
    const commands = chat.commands.map(({ command }) => command);
    const stand = standOf(person, chat.messages, mails, commands);
    const name = stand.line === 'guideDone' && neighbour();
    const now = JSON.stringify([stand, name, language]);
    if (version === now) return;
    version = now;
    line.textContent = say(stand.line);
    const next = stand.next && chip(stand.next, 'next', () => sent(stand.next));
    const page = stand.page && linkChip(stand.page, say('openLink'));
    const tries = stand.tries.map(({ command, word, isDone, isNext }) => tryChip(say, say(word), `/${command}`, isDone, isNext));
    const beside = name && chip(say('openChat', { name }), 'next', besideWished, 'chat');
    chips.replaceChildren(...[next, page, beside, ...tries].filter(Boolean));
    chips.scrollLeft = 0;
  }

  function tryChip(say, label, text, isDone, isNext) {
    const item = chip(label, isDone ? 'done' : isNext ? 'next' : '', () => sent(text), isDone && 'done');
    if (isDone) item.firstChild.setAttribute('aria-label', say('tried', { label }));
    item.firstChild.dataset.testid = `try-${text.slice(1)}`;
    return item;
  }

  return { show };
}

function chip(label, kind, onclick, mark) {
  return element('li', {}, element('button', { type: 'button', class: `chip ${kind}`, onclick }, mark ? icon(mark) : null, label));
}

function linkChip(href, label) {
  const anchor = link(href, label);
  anchor.className = 'chip next';
  return element('li', {}, anchor);
}

/** Where a visitor stands: which line the guide says, what to send or open next in a flow that has begun, and what is tried or not. */
function standOf({ emails }, messages, mails, commands) {
  const said = messages.filter(({ from }) => from === 'person').map(({ html, date }) => ({ text: plain(html), date }));
  const hasSaid = (test) => said.some(({ text }) => test(text));
  const tried = { signin: hasSaid((text) => CODE.test(text)) };
  const tries = TRIES.filter(([command]) => commands.includes(command))
    .map(([command, word]) => ({ command, word, isDone: tried[command] ?? hasSaid((text) => text === `/${command}`) }));
  const next = begun(said, emails, mails);
  if (next) return { ...next, tries: [] };
  // Before anything was said, the Start button is what stands out.
  if (!said.length) return { line: 'guideStart', tries };
  const [open, done] = [tries.filter(({ isDone }) => !isDone), tries.filter(({ isDone }) => isDone)];
  if (open.length) open[0].isNext = true;
  return { line: open.length ? 'guideNext' : 'guideDone', tries: [...open, ...done] };
}

/** What comes next: a code or a link that has come by mail and was not used yet, or the address that a command asks for. */
function begun(said, emails, mails) {
  const last = said.at(-1);
  if (!last) return null;
  const mail = mails.find(({ date }) => date >= last.date);
  const page = mail && linkIn(mail.text);
  if (page) return { line: 'guideLink', page };
  const isSignedIn = said.findLastIndex(({ text }) => CODE.test(text)) > said.findLastIndex(({ text }) => text === '/signout');
  if (isSignedIn) return null;
  const code = mail && codeIn(mail.text);
  if (code) return { line: 'guideCode', next: code };
  if (emails.length && /^\/(signin|cards|history|reset)$/.test(last.text)) return { line: 'guideAddress', next: emails[0] };
  return null;
}

function plain(html) {
  const template = element('template');
  template.innerHTML = html;
  return template.content.textContent.trim();
}
