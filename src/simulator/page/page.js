// The page of the demo: what is known of each holder and chat, and what happens on each event and press.
// The parts live beside: panes and pane (chat, message, guide, composer), holders, mailbox and mail, notices, words; api speaks with the server.

import * as api from './api.js';
import { byId } from './dom.js';
import { colourOf, showHolders } from './holders.js';
import { mailsOf, openMailbox, showMailbox, takeMails, unreadMails } from './mailbox.js';
import { recall, remember } from './memory.js';
import { alertBox, toast } from './notices.js';
import { openPane } from './pane.js';
import { activeId, close, openBeside, openIds, openPanes, paneOf, turnTo } from './panes.js';
import { speak, wordsOf } from './words.js';

let people = [];
let words = wordsOf(navigator.language.slice(0, 2));
let hasGuide = recall('guide') !== 'closed';
const chats = new Map();
const unread = new Map();
const fetching = new Map();

const personOf = (id) => people.find((person) => person.id === id);

/** Runs a request; when it fails says so. Gives whether it went well. */
async function attempt(request) {
  try {
    await request();
    return true;
  } catch (error) {
    toast(error instanceof api.Unreachable ? words.say('unreachable') : words.say('failed', { error: error.message }));
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
  if (openIds().includes(id)) {
    showChat(id);
  } else if (before) {
    const known = new Set(before.messages.map((message) => message.id));
    const fresh = chat.messages.filter((message) => message.from === 'bot' && !known.has(message.id));
    unread.set(id, (unread.get(id) ?? 0) + fresh.length);
    drawHolders();
  }
}

function showChat(id) {
  if (chats.has(id)) paneOf(id).show(chats.get(id), mailsOf(personOf(id)), hasGuide);
}

const refreshMails = () =>
  attempt(async () => {
    takeMails(await api.mails(), people);
    openIds().forEach(showChat);
  });

async function refreshAll() {
  byId('lost').hidden = true;
  await attempt(async () => takePeople(await api.people()));
  if (!people.length) return;
  await Promise.all([refreshMails(), ...people.map(({ id }) => refreshChat(id))]);
  // Until there is something to show, the page says that it connects.
  if (activeId() === null) openAsBefore();
  turned();
}

/** Panes hold on to their person, so what is known of one is renewed in place. */
function takePeople(given) {
  people = given.map((person, index) => Object.assign(personOf(person.id) ?? {}, person, { colour: colourOf(index) }));
}

// The address of the page remembers whose chats are open, so that reloading it stays there.
function openAsBefore() {
  const asked = new URLSearchParams(location.search).getAll('person').map(Number).filter(personOf);
  const [first, ...others] = asked.length ? asked : [people[0].id];
  turnTo(first);
  others.forEach(openBeside);
  turnTo(first);
}

function choose(id) {
  turnTo(id);
  turned();
  showPanel('chat');
}

function beside(id) {
  openBeside(id);
  turned();
}

/** The visitor is at another chat than before, or there are more or fewer of them. */
function turned() {
  for (const id of openIds()) unread.delete(id);
  const query = new URLSearchParams(openIds().map((id) => ['person', id]));
  history.replaceState(null, '', `?${query}`);
  words = wordsOf(personOf(activeId()).language);
  speakPage();
  showMailbox(personOf(activeId()), words);
  openIds().forEach(showChat);
}

/** What is around the chats speaks the language of the holder in view; each chat then speaks its own holder's. */
function speakPage() {
  speak(document.documentElement, words);
  byId('guide-toggle').setAttribute('aria-pressed', String(hasGuide));
}

function drawHolders() {
  const state = { active: activeId(), open: openIds(), unread: (id) => unread.get(id) ?? 0, mails: (id) => unreadMails(personOf(id)) };
  showHolders(people, state, words, { chosen: choose, besides: beside, addressed });
}

function addressed(id, email) {
  choose(id);
  putInChat(email);
}

function putInChat(text) {
  showPanel('chat');
  paneOf(activeId()).composer.put(text);
}

/** On a narrow screen one panel shows at a time. */
function showPanel(name) {
  document.body.dataset.panel = name;
  for (const tab of document.querySelectorAll('.tabs button')) {
    if (tab.dataset.panel === name) tab.setAttribute('aria-current', 'true');
    else tab.removeAttribute('aria-current');
  }
  if (name === 'mailbox') showMailbox(personOf(activeId()), words);
}

function guideWished(wished) {
  hasGuide = wished;
  remember('guide', wished ? 'open' : 'closed');
  byId('guide-toggle').setAttribute('aria-pressed', String(hasGuide));
  openIds().forEach(showChat);
}

/** A holder whose chat is not open, for the guide to open beside. */
const neighbour = () => people.find(({ id }) => !openIds().includes(id));

function paneFor(id) {
  const person = personOf(id);
  const pane = openPane(person, {
    sent: (text) => attempt(() => api.send(id, text)),
    tapped: (message, data) => tapped(pane, message, data),
    languageChosen: (language) => languageChosen(person, language),
    neighbour: () => neighbour()?.first_name,
    besideWished: () => beside(neighbour().id),
    guideClosed: () => guideWished(false),
    entered: () => activeId() !== id && choose(id),
    closed() {
      close(id);
      turned();
    },
  });
  return pane;
}

async function tapped({ person, log }, message, data) {
  if (log.isWaiting(message, data)) return;
  log.waitForAnswer(message, data);
  if (!(await attempt(() => api.tap(person.id, message, data)))) log.answered();
}

function noticed(id, { text, alert }) {
  paneOf(id)?.log.answered();
  if (!openIds().includes(id) || !text) return;
  if (alert) alertBox(text);
  else toast(text);
}

function heard(event) {
  if (event.mail) refreshMails();
  else if (event.profile) people.forEach(({ id }) => refreshChat(id));
  else if (event.notice) noticed(event.person, event.notice);
  else refreshChat(event.person);
}

async function languageChosen(person, language) {
  if (await attempt(() => api.setLanguage(person.id, language))) person.language = language;
  turned();
  await refreshChat(person.id);
}

async function codeCopied(code) {
  await navigator.clipboard.writeText(code).then(() => toast(words.say('copied')), () => {});
}

openPanes({ made: paneFor, trimmed: turned });
openMailbox({ used: putInChat, copied: codeCopied, changed: drawHolders });
byId('guide-toggle').addEventListener('click', () => guideWished(!hasGuide));
for (const tab of document.querySelectorAll('.tabs button')) tab.addEventListener('click', () => showPanel(tab.dataset.panel));
speakPage();
showPanel('chat');
api.listen({ opened: refreshAll, lost: () => (byId('lost').hidden = false), heard });
