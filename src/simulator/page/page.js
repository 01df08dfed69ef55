// The page of the demo: who is chosen, what is known of each chat, and what happens on each event and press.
// The parts live beside: chat and message, composer, holders, mailbox, notices, words; api speaks with the server.

import * as api from './api.js';
import { answered, isWaiting, openChat, scrollToEnd, showChat, waitForAnswer } from './chat.js';
import { focusMessage, openComposer, putIntoMessage, showComposer } from './composer.js';
import { byId, element } from './dom.js';
import { showHolders } from './holders.js';
import { openMailbox, showMailbox, takeMails } from './mailbox.js';
import { alertBox, toast } from './notices.js';
import { say, speak } from './words.js';

let people = [];
let active = null;
let guideClosed = false;
const chats = new Map();
const unread = new Map();
const fetching = new Map();

const person = () => people.find(({ id }) => id === active);

/** Runs a request; when it fails says so. Gives whether it went well. */
async function attempt(request) {
  try {
    await request();
    return true;
  } catch (error) {
    toast(say('failed', { error: error.message }));
    return false;
  }
}

/** Fetches a chat; events that come while it is on its way ask for one more fetch, however many they are. */
async function refreshChat(id) {
  if (fetching.has(id)) {
    fetching.set(id, 'again');
    return;
  }
  fetching.set(id, 'once');
  await attempt(async () => takeChat(id, await api.chat(id)));
  const again = fetching.get(id) === 'again';
  fetching.delete(id);
  if (again) await refreshChat(id);
}

function takeChat(id, chat) {
  const before = chats.get(id);
  chats.set(id, chat);
  if (id === active) {
    showActive();
  } else if (before) {
    const known = new Set(before.messages.map((message) => message.id));
    const fresh = chat.messages.filter((message) => message.from === 'bot' && !known.has(message.id));
    unread.set(id, (unread.get(id) ?? 0) + fresh.length);
    drawHolders();
  }
}

const refreshMails = () => attempt(async () => takeMails(await api.mails()));

async function refreshAll() {
  byId('lost').hidden = true;
  const arrived = await attempt(async () => {
    people = await api.people();
  });
  if (!arrived || !people.length) return;
  if (!person()) choose(chosenBefore());
  else speakAsHolder();
  await Promise.all([refreshMails(), ...people.map(({ id }) => refreshChat(id))]);
}

// The address of the page remembers the holder, so that reloading it stays in the same chat.
function chosenBefore() {
  const asked = Number(new URLSearchParams(location.search).get('person'));
  return people.some(({ id }) => id === asked) ? asked : people[0].id;
}

function choose(id) {
  active = id;
  unread.delete(id);
  history.replaceState(null, '', `?person=${id}`);
  speakAsHolder();
  showActive();
}

function speakAsHolder() {
  speak(person().language);
  byId('language').value = document.documentElement.lang;
  drawHolders();
  drawGuide();
  showMailbox();
}

function drawHolders() {
  showHolders(people, active, unread, {
    chosen(id) {
      choose(id);
      showPanel('chat');
    },
    addressed(id, email) {
      if (id !== active) choose(id);
      putInChat(email);
    },
  });
}

function drawGuide() {
  const [email] = person().emails;
  if (!email) {
    byId('guide-text').textContent = say('guideNoAddress');
    return;
  }
  const address = { type: 'button', class: 'inline', title: say('putAddress', { email }), onclick: () => putInChat(email) };
  const [, before, mark, after] = /^(.*)\n([^ ]*)(.*)$/.exec(say('guide', { email: '\n' }));
  // The mark that follows the address must not start a line of its own.
  byId('guide-text').replaceChildren(before, element('span', { class: 'unbroken' }, element('button', address, email), mark), after);
}

function showActive() {
  const chat = chats.get(active);
  if (!chat) return;
  byId('bot-name').textContent = chat.bot.name;
  byId('bot-about').textContent = chat.bot.short_description || say('bot');
  byId('description').textContent = chat.bot.description;
  byId('empty').hidden = chat.messages.length > 0;
  byId('guide').hidden = guideClosed || hasSentCode(chat);
  showChat(active, chat);
  showComposer(active, chat);
}

// Whoever has sent a code has done what the guide says.
const hasSentCode = ({ messages }) => messages.some(({ from, html }) => from === 'person' && /^\d{8}$/.test(html));

function putInChat(text) {
  showPanel('chat');
  putIntoMessage(text);
}

/** On a narrow screen one panel shows at a time. */
function showPanel(name) {
  document.body.dataset.panel = name;
  for (const tab of document.querySelectorAll('.tabs button')) {
    if (tab.dataset.panel === name) tab.setAttribute('aria-current', 'true');
    else tab.removeAttribute('aria-current');
  }
  if (name === 'mailbox') showMailbox();
}

async function tapped(message, data) {
  const id = active;
  if (isWaiting(id, message, data)) return;
  waitForAnswer(id, message, data);
  if (!(await attempt(() => api.tap(id, message, data)))) answered(id);
}

function noticed(id, { text, alert }) {
  answered(id);
  if (id !== active || !text) return;
  if (alert) alertBox(text);
  else toast(text);
}

function heard(event) {
  if (event.mail) refreshMails();
  else if (event.notice) noticed(event.person, event.notice);
  else refreshChat(event.person);
}

async function languageChosen({ target }) {
  const holder = person();
  const language = target.value;
  if (await attempt(() => api.setLanguage(holder.id, language))) holder.language = language;
  speakAsHolder();
  await refreshChat(holder.id);
}

const sent = (text) => {
  scrollToEnd();
  const id = active;
  return attempt(() => api.send(id, text));
};

openChat({ tapped, commanded: sent });
openComposer({ sent });
openMailbox({ used: putInChat });
byId('language').addEventListener('change', languageChosen);
byId('latest').addEventListener('click', focusMessage);
byId('guide-close').addEventListener('click', () => {
  guideClosed = true;
  byId('guide').hidden = true;
  focusMessage();
});
for (const tab of document.querySelectorAll('.tabs button')) tab.addEventListener('click', () => showPanel(tab.dataset.panel));
showPanel('chat');
speak(navigator.language.slice(0, 2));
api.listen({ opened: refreshAll, lost: () => (byId('lost').hidden = false), heard });
