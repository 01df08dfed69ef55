// The holders: who speaks with the bot, what waits unread for each, and the sample e-mail addresses to sign in with.

import { byId, element, showCount } from './dom.js';
import { say } from './words.js';

const COLOURS = 6;

/** Writes the list anew; `chosen(person)` and `addressed(person, email)` are called on presses. */
export function showHolders(people, active, unread, { chosen, addressed }) {
  const focused = document.activeElement?.dataset.focus;
  byId('holder-list').replaceChildren(...people.map((person, index) => row(person, index, active, unread, chosen, addressed)));
  if (focused) document.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  const total = [...unread.values()].reduce((sum, count) => sum + count, 0);
  showCount(byId('holders-badge'), total, say('unread', { count: total }));
}

function row(person, index, active, unread, chosen, addressed) {
  const count = unread.get(person.id) ?? 0;
  const badge = element('span', { class: 'badge' });
  showCount(badge, count, say('unread', { count }));
  const attributes = {
    type: 'button',
    class: 'holder',
    'data-testid': `person-${person.id}`,
    'data-focus': `person-${person.id}`,
    'aria-current': person.id === active && 'true',
    onclick: () => chosen(person.id),
  };
  const button = element(
    'button',
    attributes,
    element('span', { class: `avatar colour-${index % COLOURS}`, 'aria-hidden': 'true' }, initials(person.name)),
    element('span', { class: 'who' }, element('b', {}, person.name), element('small', {}, person.username ? `@${person.username}` : '')),
    badge,
  );
  const addresses = person.emails.map((email) => address(person, email, addressed));
  return element('li', {}, button, element('div', { class: 'addresses' }, ...addresses));
}

function address(person, email, addressed) {
  const label = say('putAddress', { email });
  const attributes = { type: 'button', class: 'address', title: label, 'data-focus': `${person.id} ${email}`, onclick: () => addressed(person.id, email) };
  return element('button', attributes, email);
}

const initials = (name) => name.split(/\s+/).slice(0, 2).map((part) => [...part][0] ?? '').join('').toUpperCase();
