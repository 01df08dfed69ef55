// The holders: who speaks with the bot, what waits unread for each, and the sample e-mail addresses to sign in with.

import { byId, element, icon, showCount } from './dom.js';

const COLOURS = 6;

/** The colour of the holder who comes at `index`. */
export const colourOf = (index) => `colour-${index % COLOURS}`;

export const initials = (name) => name.split(/\s+/).slice(0, 2).map((part) => [...part][0] ?? '').join('').toUpperCase();

/**
 * Writes the list anew. `state` tells who is `active`, whose chats are `open`, and how many messages and mails are
 * unread; `chosen(person)`, `besides(person)` and `addressed(person, email)` are called on presses.
 */
export function showHolders(people, state, { say }, handlers) {
  const focused = document.activeElement?.dataset.focus;
  byId('holder-list').replaceChildren(...people.map((person) => row(person, state, say, handlers)));
  if (focused) document.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  const total = people.reduce((sum, { id }) => sum + state.unread(id), 0);
  showCount(byId('holders-badge'), total, say('unread', { count: total }));
}

function row(person, { active, open, unread, mails }, say, handlers) {
  const isOpen = open.includes(person.id);
  const attributes = {
    type: 'button',
    class: 'holder',
    'data-testid': `person-${person.id}`,
    'data-focus': `person-${person.id}`,
    'aria-current': person.id === active && 'true',
    title: person.name,
    onclick: ({ ctrlKey, metaKey }) => (ctrlKey || metaKey ? handlers.besides(person.id) : handlers.chosen(person.id)),
  };
  const names = element(
    'span',
    { class: 'who' },
    element('b', {}, person.first_name, element('span', { class: 'last-name' }, person.name.slice(person.first_name.length))),
    element('small', {}, person.username ? `@${person.username}` : ''),
  );
  const button = element(
    'button',
    attributes,
    element('span', { class: `avatar ${person.colour}`, 'aria-hidden': 'true' }, initials(person.name)),
    names,
    badge('badge', unread(person.id), 'unread', say),
    badge('badge of-mails', mails(person.id), 'unreadMails', say),
  );
  const addresses = person.emails.map((email) => address(person, email, say, handlers.addressed));
  const beside = isOpen ? null : besideButton(person, say, handlers.besides);
  return element('li', { class: isOpen && 'open' }, button, beside, element('div', { class: 'addresses' }, ...addresses));
}

function badge(kind, count, word, say) {
  const node = element('span', { class: kind });
  showCount(node, count, say(word, { count }));
  return node;
}

/** Opens a chat beside what is open; hidden where only one fits. */
function besideButton(person, say, besides) {
  const label = say('beside', { name: person.name });
  const attributes = {
    type: 'button',
    class: 'icon beside',
    'data-testid': `beside-${person.id}`,
    'data-focus': `beside-${person.id}`,
    'aria-label': label,
    title: label,
    onclick: () => besides(person.id),
  };
  return element('button', attributes, icon('beside'));
}

function address(person, email, say, addressed) {
  const label = say('putAddress', { email });
  const attributes = { type: 'button', class: 'address', title: label, 'data-focus': `${person.id} ${email}`, onclick: () => addressed(person.id, email) };
  return element('button', attributes, email);
}
