// A chat that is open: its header, its messages, its guide and its composer, for one holder, in that holder's language.

import { openLog } from './chat.js';
import { openComposer } from './composer.js';
import { byId, element } from './dom.js';
import { openGuide } from './guide.js';
import { initials } from './holders.js';
import { speak, wordsOf } from './words.js';

/**
 * Opens the chat of `person`. `sent(text)` is called with each message and tells whether it arrived; `tapped(message, data)`,
 * `languageChosen(code)`, `besideWished()`, `guideClosed()` and `closed()` on presses; `entered()` when the visitor turns to this chat;
 * `neighbour()` names the holder that a wish to open beside would open.
 */
export function openPane(person, handlers) {
  const root = byId('pane').content.firstElementChild.cloneNode(true);
  const part = (selector) => root.querySelector(selector);
  root.dataset.person = person.id;
  root.setAttribute('aria-label', person.name);
  part('.bar .logo').after(element('span', { class: `avatar ${person.colour}`, 'aria-hidden': 'true' }, initials(person.name)));
  const language = part('select');
  const sent = (text) => {
    log.scrollToEnd();
    return handlers.sent(text);
  };
  const log = openLog(root, { tapped: handlers.tapped, commanded: sent });
  const composer = openComposer(root, { sent });
  const guide = openGuide(root, { ...handlers, person, sent });
  root.addEventListener('focusin', handlers.entered);
  root.addEventListener('pointerdown', handlers.entered);
  language.addEventListener('change', () => handlers.languageChosen(language.value));
  part('.latest').addEventListener('click', composer.focus);
  part('.close-chat').addEventListener('click', handlers.closed);
  part('[data-testid=guide-close]').addEventListener('click', () => {
    composer.focus();
    handlers.guideClosed();
  });

  /** Shows the chat as the server knows it now. */
  function show(chat, mails, hasGuide) {
    const words = wordsOf(person.language);
    speak(root, words);
    language.value = words.language;
    part('.close-chat').setAttribute('aria-label', words.say('closeChat', { name: person.name }));
    part('h1').textContent = chat.bot.name;
    part('.bot-name p').replaceChildren(
      element('span', { class: 'about' }, chat.bot.short_description || words.say('bot')),
      element('span', { class: 'holder-name' }, person.name),
    );
    part('.description').textContent = chat.bot.description;
    part('.empty').hidden = chat.messages.length > 0;
    guide.show(hasGuide, chat, mails, words);
    log.show(chat, words);
    composer.show(chat);
  }

  return { root, person, show, log, composer };
}
